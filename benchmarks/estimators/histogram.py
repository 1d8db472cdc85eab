"""The range with the least squared error over a histogram."""

import estimated
import peer

NEEDS = ("octet", "openvino")

if __name__ == "__main__":
    peer.answer(
        lambda job: estimated.quantize(
            job, min={"aggregator_type": "histogram"}, max={"aggregator_type": "histogram"}
        )
    )
