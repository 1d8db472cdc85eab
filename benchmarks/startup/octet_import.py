"""`import octet`, which must not import torch."""

import peer
import processes

NEEDS = ("octet",)

if __name__ == "__main__":
    peer.answer(lambda job: processes.start_import("octet", job["times"]))
