"""Each sample is waited for, in Python."""

import time

import peer
from from_memory import work

NEEDS = ("octet", "openvino")


def fetch_and_work(job):
    def fetch(item):
        time.sleep(job["wait"])
        return item

    return work(job, fetch)


if __name__ == "__main__":
    peer.answer(fetch_and_work)
