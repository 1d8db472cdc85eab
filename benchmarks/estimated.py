"""What the variants of `estimators` share."""

from dataclasses import asdict
from pathlib import Path

import octet
import openvino as ov
import peer
import quantized


def quantize(job, **sides):
    """With this estimator for both ends of activations' ranges; none: the default."""
    parameters = octet.AdvancedQuantizationParameters()
    if sides:
        collector = {
            end: octet.StatisticsCollectorParameters(**fields) for end, fields in sides.items()
        }
        parameters = octet.AdvancedQuantizationParameters(
            activations_range_estimator_params=octet.RangeEstimatorParameters(**collector)
        )
    xml = Path(job["folder"]) / "model.xml"
    quantized.require_fp32(job, quantized.openvino_infer(xml, INFERENCE_PRECISION_HINT="f32"))
    model, data = ov.Core().read_model(xml), quantized.samples(job)
    result, cost = peer.cost_of(
        lambda: octet.quantize(
            model,
            octet.Dataset(data),
            subset_size=len(data),
            advanced_parameters=parameters,
            progress=False,
        )
    )
    infer = quantized.openvino_infer(result, INFERENCE_PRECISION_HINT="f32")
    return {**asdict(cost), **quantized.agreement(job, infer)}
