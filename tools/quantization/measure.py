#!/usr/bin/env python3
"""What eight bits cost: trains on divisions of a labelled log, quantizes, and compares the whole pipeline before and after.

    tools/quantization/measure.py --input HDFS.log.gz --labels anomaly_label.csv --output measured

Needs Python 3.8 and nothing else. What is there from an earlier call is not computed again.
"""

import argparse
import csv
import gzip
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", required=True, type=pathlib.Path)
    parser.add_argument("--labels", required=True, type=pathlib.Path)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--format", default="hdfs")
    parser.add_argument("--session-key", default=r"(blk_-?\d+)")
    parser.add_argument("--seeds", type=int, default=5, help="random halves (default: %(default)s)")
    parser.add_argument("--program", default=str(pathlib.Path(__file__).resolve().parents[2] / "deepsentry"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)

    results = {}
    for name, arguments in divisions(options):
        results[name] = measure(options, name, arguments)
    show(results)
    (options.output / "measured.json").write_text(json.dumps(results, indent=2) + "\n")


def divisions(options):
    """The name of each division, and how the program is told of it."""
    whole = ["--input", str(options.input)]
    yield "chronological", whole
    config = options.output / "halves.yml"
    config.write_text("prepare:\n  training_log_data_fraction: 0.5\n")
    yield "chronological halves", ["--config", str(config), *whole]
    for seed in range(1, options.seeds + 1):
        learn, test = (options.output / f"half_{seed}_{part}.log" for part in ("learn", "test"))
        if not test.exists():
            halve(options, seed, learn, test)
        yield f"random halves {seed}", ["--input", str(learn), "--test", str(test)]


def halve(options, seed, learn, test):
    """Each session goes to one half, drawn when its first line comes. Lines without a session go nowhere."""
    key = re.compile(options.session_key)
    draw = random.Random(seed)
    halves = {}
    opened = gzip.open if options.input.suffix == ".gz" else open
    with opened(options.input, "rb") as lines, open(learn, "wb") as first, open(test, "wb") as second:
        for line in lines:
            sessions = set(key.findall(line.decode("utf-8", "replace")))
            for session in sessions:
                if session not in halves:
                    halves[session] = draw.random() < 0.5
            places = {halves[session] for session in sessions}
            if len(places) > 1:
                sys.exit(f"a line belongs to sessions of both halves: {line!r}")
            if places:
                (first if places.pop() else second).write(line)


def measure(options, name, arguments):
    folder = options.output / name.replace(" ", "_")
    small = folder / "small"
    done = small / "eval_results/metrics.json"
    if not done.exists():
        run(options, "run", *arguments, "--format", options.format, "--session-key", options.session_key,
            "--labels", str(options.labels), "--output-dir", str(folder / "data"))
        run(options, "quantize", "--model", str(folder / "data"), "--output", str(small))
        run(options, "encode", "--config", str(small / "deepsentry.yml"))
        run(options, "analyze", "--config", str(small / "deepsentry.yml"))
    before, after = (scored(folder / part) for part in ("data", "small"))
    differences = [abs(after["scores"][session] - score) for session, score in before["scores"].items()]
    return {
        "before": before["metrics"],
        "after": after["metrics"],
        "bytes": {"before": before["bytes"], "after": after["bytes"]},
        "scores": {
            "sessions": len(differences),
            "threshold": before["metrics"]["threshold"],
            "mean": statistics.fmean(before["scores"].values()),
            "median_difference": statistics.median(differences),
            "mean_difference": statistics.fmean(differences),
            "largest_difference": max(differences),
        },
        "verdicts_changed": sum(
            before["verdicts"][session] != after["verdicts"][session] for session in before["verdicts"]),
    }


def run(options, *command):
    print("deepsentry", *command, file=sys.stderr, flush=True)
    subprocess.run([options.program, *command], check=True, stdout=subprocess.DEVNULL)


def scored(folder):
    with open(folder / "eval_results/anomaly_scores.csv", newline="") as table:
        rows = list(csv.DictReader(table))
    metrics = json.loads((folder / "eval_results/metrics.json").read_text())
    models = [path for part in ("text_autoencoder_model", "anomaly_trained_model")
              for path in (folder / part).iterdir()
              if path.suffix in (".h5", ".onnx") and not path.name.startswith("decoder")]
    return {
        "scores": {row["session"]: float(row["score"]) for row in rows},
        "verdicts": {row["session"]: row["verdict"] for row in rows},
        "metrics": {key: metrics[key] for key in ("f1", "precision", "recall", "auc_pr", "threshold", "confusion")},
        "bytes": sum(path.stat().st_size for path in models),
    }


def show(results):
    print("| division | F1 before | F1 after | loss | AUC-PR before | AUC-PR after | verdicts changed |"
          " median score difference | largest | threshold | models smaller |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, each in results.items():
        before, after, scores = each["before"], each["after"], each["scores"]
        print(f"| {name} | {before['f1']:.4f} | {after['f1']:.4f} | {before['f1'] - after['f1']:.4f}"
              f" | {before['auc_pr']:.4f} | {after['auc_pr']:.4f}"
              f" | {each['verdicts_changed']} of {scores['sessions']}"
              f" | {scores['median_difference']:.3f} | {scores['largest_difference']:.2f} | {scores['threshold']:.2f}"
              f" | {each['bytes']['before'] / each['bytes']['after']:.2f} times |")
    losses = [each["before"]["f1"] - each["after"]["f1"] for each in results.values()]
    print(f"\nF1 lost: {statistics.fmean(losses):.4f} on average, {max(losses):.4f} at most.")


if __name__ == "__main__":
    main()
