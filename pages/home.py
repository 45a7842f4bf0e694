"""数据: drop a file, confirm what was understood, see its health and what can be done with it."""

from ui import intake

intake.home()
