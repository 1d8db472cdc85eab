"""How long a process takes that does nothing but start."""

from table import Column

TITLE = __doc__
REFERENCE = "octet_import"
COLUMNS = [
    Column("milliseconds", "time ms", 0, ratio=True, spread=True),
    Column("processor_milliseconds", "processor ms", 0, ratio=True),
]


def add_arguments(parser):
    parser.add_argument("--times", type=int, default=5, help="that a process starts in a round")


def describe(job):
    return f"best of {job['times']} starts"


def jobs(arguments, folder):
    yield {"times": arguments.times}
