"""`import nncf`"""

import peer
import processes

NEEDS = ("nncf",)

if __name__ == "__main__":
    peer.answer(lambda job: processes.start_import("nncf", job["times"]))
