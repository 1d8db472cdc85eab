"""What is compared: models of tests/coverage, each with several sets of options."""

from dataclasses import dataclass

# Neither side may change the model itself, so that both place quantizers on the same tensors.
FIXED = {
    "disable_bias_correction": True,
    "overflow_fix": "first_layer",
    "smooth_quant_alphas": {"convolution": -1, "matmul": -1},
}

MIN_MAX, SEARCH = 1e-5, 1e-3  #: shares of a range's width that it may differ by


@dataclass(frozen=True)
class Job:
    model: str
    label: str  #: of the options, unique for the model
    options: dict
    tolerance: float = MIN_MAX
    batch: int = 1  #: samples in an item

    @property
    def name(self):
        return f"{self.model}, {self.label}"


def job(model, label, tolerance=MIN_MAX, batch=1, **options):
    """`options` are the tutorial's, but for those of `advanced_parameters`, which stand beside."""
    plain = {key: options.pop(key) for key in (*PLAIN,) if key in options}
    plain.setdefault("model_type", "generic")
    plain["advanced_parameters"] = {**FIXED, **options}
    return Job(model, label, plain, tolerance, batch)


PLAIN = ("preset", "model_type", "target_device", "ignored_scope")

TRANSFORMERS = {
    "convnext_tiny",
    "masked_attention",
    "minilm_stsb",
    "minilm_stsb_eager",
    "swin_t",
    "swin_v2_t",
    "vit_b_16",
}

# The ten that `make test` compares with what the peer did when it was recorded.
RECORDED = {
    "autoencoder",
    "bert",
    "cifar_resnet20",
    "gpt2",
    "lstm_classifier",
    "masked_attention",
    "mobilenet_v3_small",
    "resnet18",
    "shufflenet_v2_x1_0",
    "t5_encoder",
}


def of_model(name, group):
    yield job(name, "performance", preset="performance")
    yield job(name, "mixed", preset="mixed")
    if group == "transformers" or name in TRANSFORMERS:
        yield job(name, "transformer", preset="mixed", model_type="transformer")
    if name == "resnet18":
        yield from of_resnet18()
    if name in ("bert", "gpt2"):
        yield job(
            name,
            "transformer, cpu_spr",
            preset="mixed",
            model_type="transformer",
            target_device="cpu_spr",
        )


def of_resnet18():
    for device in ("any", "cpu", "cpu_spr", "gpu", "npu"):
        yield job("resnet18", f"target {device}", target_device=device)
    for label, scope in SCOPES.items():
        yield job("resnet18", f"ignored {label}", ignored_scope=scope)
    for label, advanced in ADVANCED.items():
        yield job("resnet18", label, **advanced)


# By the names that the model has for both sides. Those in the user's own words are tested by cases.
SCOPES = {
    "first layer": {"names": ["conv2d"]},
    "two additions": {"names": ["add_", "add__3"]},
    "last layer": {"names": ["linear/MatMul"]},
    "pattern of layers": {"patterns": ["conv2d_1[0-9]?$"]},
    "pattern of additions": {"patterns": ["add_"]},
    "type Add": {"types": ["Add"]},
    "type Convolution": {"types": ["Convolution"]},
    "subgraph of a block": {"subgraphs": [{"inputs": ["conv2d_1"], "outputs": ["add_"]}]},
    "subgraph of all blocks": {"subgraphs": [{"inputs": ["conv2d_1"], "outputs": ["add__7"]}]},
    "rules of several kinds": {
        "names": ["conv2d"],
        "types": ["MaxPool", "MatMul"],
        "subgraphs": [{"inputs": ["conv2d_5"], "outputs": ["conv2d_6"]}],
        "validate": False,
    },
}


def ends(statistics, aggregator, **more):
    return {
        end: {"statistics_type": kind, "aggregator_type": aggregator, **more}
        for end, kind in zip(("min", "max"), statistics, strict=True)
    }


EXTREMES, QUANTILES = ("min", "max"), ("quantile", "quantile")

ADVANCED = {
    "overflow_fix enable": {"overflow_fix": "enable"},
    "overflow_fix disable": {"overflow_fix": "disable"},
    "quantize_outputs": {"quantize_outputs": True},
    "inplace_statistics off": {"inplace_statistics": False},
    "batchwise_statistics on": {"batchwise_statistics": True, "batch": 2},
    "batchwise_statistics off": {"batchwise_statistics": False, "batch": 2},
    "activations asymmetric": {"activations_quantization_params": {"mode": "asymmetric"}},
    "activations 8 bits": {"activations_quantization_params": {"num_bits": 8}},
    "activations per tensor": {"activations_quantization_params": {"per_channel": False}},
    "activations per channel": {"activations_quantization_params": {"per_channel": True}},
    "activations narrow": {"activations_quantization_params": {"narrow_range": True}},
    "activations signed": {"activations_quantization_params": {"signedness_to_force": True}},
    "weights asymmetric": {
        "weights_quantization_params": {"mode": "asymmetric"},
        "overflow_fix": "disable",
    },
    "weights per tensor": {"weights_quantization_params": {"per_channel": False}},
    "weights 8 bits": {"weights_quantization_params": {"num_bits": 8}},
    "weights narrow": {"weights_quantization_params": {"narrow_range": True}},
    "weights full range": {"weights_quantization_params": {"narrow_range": False}},
    "weights signed": {"weights_quantization_params": {"signedness_to_force": True}},
    **{
        f"rule {rule}": {"quantizer_propagation_rule": rule}
        for rule in (
            "do_not_merge_branches",
            "merge_if_all_branches_same",
            "merge_with_potential_requantization",
            "merge_all_in_one",
        )
    },
    **{
        f"activations {statistics[1]} {aggregator}": {
            "activations_range_estimator_params": ends(statistics, aggregator),
            "tolerance": MIN_MAX if statistics == EXTREMES else SEARCH,
        }
        for statistics, aggregator in [
            (EXTREMES, "mean"),
            (EXTREMES, "median"),
            (EXTREMES, "mean_no_outliers"),
            (EXTREMES, "median_no_outliers"),
            (("min", "abs_max"), "max"),
            (("mean", "mean"), "mean"),
            (QUANTILES, "mean"),
            (("min", "abs_quantile"), "mean"),
            (QUANTILES, "median"),
        ]
    },
    "activations min max": {
        "activations_range_estimator_params": {
            "min": {"statistics_type": "min", "aggregator_type": "min"},
            "max": {"statistics_type": "max", "aggregator_type": "max"},
        }
    },
    "activations quantile 0.01": {
        "activations_range_estimator_params": ends(QUANTILES, "mean", quantile_outlier_prob=0.01),
        "tolerance": SEARCH,
    },
    "activations histogram": {
        "activations_range_estimator_params": ends(("raw", "raw"), "histogram"),
        "tolerance": SEARCH,
    },
    "weights quantile 0.01": {
        "weights_range_estimator_params": ends(QUANTILES, "mean", quantile_outlier_prob=0.01),
        "tolerance": SEARCH,
    },
    "weights abs_quantile 0.001": {
        "weights_range_estimator_params": {
            "max": {"statistics_type": "abs_quantile", "quantile_outlier_prob": 0.001}
        },
        "tolerance": SEARCH,
    },
    "mixed, histogram": {
        "preset": "mixed",
        "activations_range_estimator_params": ends(("raw", "raw"), "histogram"),
        "tolerance": SEARCH,
    },
    "mixed, quantile 0.001": {
        "preset": "mixed",
        "activations_range_estimator_params": ends(QUANTILES, "mean", quantile_outlier_prob=0.001),
        "tolerance": SEARCH,
    },
    "bias_correction_params": {"bias_correction_params": {"apply_for_all_nodes": True}},
    "backend_params": {"backend_params": {"compress_weights": False}},
}
