"""Means of the samples' quantiles."""

import estimated
import peer

NEEDS = ("octet", "openvino")

if __name__ == "__main__":
    peer.answer(
        lambda job: estimated.quantize(
            job,
            min={"statistics_type": "quantile", "aggregator_type": "mean"},
            max={"statistics_type": "quantile", "aggregator_type": "mean"},
        )
    )
