#!/usr/bin/env python3
"""Splits a prepared data set anew: random halves of its sessions instead of the order of time.

    resplit.py FROM TO SEED

FROM is a data folder that was prepared with labels and --train-on all and has a trained text encoder. TO gets a folder
prepared anew: one half of the sessions, drawn by SEED, without its labelled anomalies, is for training (80%) and validation
(20%), the other half is the test part. Then, with --data-dir TO: deepsentry encode, train-detector, analyze.
"""
import json
import random
import shutil
import sys
from pathlib import Path

PARTS = ("train", "val", "test")


def main(source, target, seed):
    prepared = source / "prepared_data"
    rows = []
    for part in PARTS:
        with open(prepared / f"{part}.txt", encoding="utf-8") as text, open(
            prepared / f"{part}_index.jsonl", encoding="utf-8"
        ) as index:
            rows.extend(zip(text, index))
    labels = {}
    for _, origin in rows:
        row = json.loads(origin)
        if "session" not in row or "label" not in row:
            sys.exit(f"{prepared}: every row needs a session and a label; prepare with --session-key and --labels")
        labels[row["session"]] = row["label"]

    sessions = list(labels)
    random.Random(seed).shuffle(sessions)
    half = len(sessions) // 2
    normal = [session for session in sessions[:half] if labels[session] == "normal"]
    if len(normal) == half:
        sys.exit(f"{prepared}: no anomalies among {half} sessions; prepare with --train-on all")
    part_of = dict.fromkeys(sessions[half:], "test")
    for place, session in enumerate(normal):
        part_of[session] = "train" if place < len(normal) * 0.8 else "val"

    out = target / "prepared_data"
    out.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(PARTS, 0)
    files = {
        part: (
            open(out / f"{part}.txt", "w", encoding="utf-8"),
            open(out / f"{part}_index.jsonl", "w", encoding="utf-8"),
        )
        for part in PARTS
    }
    for text, origin in rows:
        part = part_of.get(json.loads(origin)["session"])
        if part:
            files[part][0].write(text)
            files[part][1].write(origin)
            counts[part] += 1
    for pair in files.values():
        for file in pair:
            file.close()

    meta = json.loads((prepared / "prepared.json").read_text(encoding="utf-8"))
    meta["rows"] = counts
    meta["sessions"] = {part: sum(of == part for of in part_of.values()) for part in PARTS}
    meta["train_on"] = "normal"
    (out / "prepared.json").write_text(json.dumps(meta, indent=2), encoding="utf-8")
    shutil.copy(prepared / "vocab.pkl", out)
    shutil.copytree(source / "text_autoencoder_model", target / "text_autoencoder_model", dirs_exist_ok=True)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
