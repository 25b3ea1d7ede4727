"""Rows of the table that interop/check ends with."""

import os
import time


class Results:
    """Counts the cases of one check and adds its row to the file that DEEPSENTRY_INTEROP_RESULTS names."""

    def __init__(self, check, against):
        self.check, self.against = check, against
        self.cases = self.passed = 0
        self.largest = None
        self.seconds = 0.0

    def run(self, what, case):
        """Runs a case, which raises if it fails and may give a largest difference."""
        started = time.monotonic()
        self.cases += 1
        try:
            off = case()
            self.passed += 1
            if off is not None:
                self.largest = off if self.largest is None else max(self.largest, off)
        except Exception as problem:  # whatever another library raises is what is reported here
            print(f"FAILED {self.check}, {self.against}: {what}: {type(problem).__name__}: {str(problem)[:500]}", flush=True)
        self.seconds += time.monotonic() - started

    def write(self):
        """Gives whether there were cases and all passed."""
        largest = "" if self.largest is None else f"{self.largest:.1e}"
        row = [self.check, self.against, str(self.cases), str(self.passed), largest, f"{self.seconds:.0f}"]
        print("; ".join(row), flush=True)
        if "DEEPSENTRY_INTEROP_RESULTS" in os.environ:
            with open(os.environ["DEEPSENTRY_INTEROP_RESULTS"], "a") as file:
                file.write("\t".join(row) + "\n")
        return self.passed == self.cases > 0
