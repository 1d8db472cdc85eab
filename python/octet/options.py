"""Parameters of quantization, with the names and meanings of the peer's tutorial."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

from octet._words import WordEnum, check_keywords

T = TypeVar("T")


class QuantizationPreset(WordEnum):
    """PERFORMANCE: symmetric activations. MIXED: asymmetric ones, more exact, as fast on CPUs."""

    PERFORMANCE = "performance"
    MIXED = "mixed"


class ModelType(WordEnum):
    """TRANSFORMER protects what attention needs. GENERIC: none, whatever the graph looks like."""

    TRANSFORMER = "transformer"
    GENERIC = "generic"


class TargetDevice(WordEnum):
    """What the quantized model will run on."""

    ANY = "any"
    CPU = "cpu"
    CPU_SPR = "cpu_spr"
    GPU = "gpu"
    NPU = "npu"


class OnCollapse(WordEnum):
    """What to do where the outputs have little to do with those of the model.

    WARN: log a warning. RAISE: an `AccuracyError`. REVERT: the warning, and the model comes back as
    it was. IGNORE: nothing is compared.
    """

    WARN = "warn"
    RAISE = "raise"
    REVERT = "revert"
    IGNORE = "ignore"


class DropType(WordEnum):
    """How the drop of a metric is measured: its loss, or that in shares of the model's metric."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


class QuantizationMode(WordEnum):
    """SYMMETRIC: zero has the middle code. ASYMMETRIC: the range ends where the values do."""

    SYMMETRIC = "symmetric"
    ASYMMETRIC = "asymmetric"


class OverflowFix(WordEnum):
    """Which weights keep to half of their range: 16-bit sums of old CPUs could overflow."""

    ENABLE = "enable"
    FIRST_LAYER = "first_layer"
    DISABLE = "disable"

    @classmethod
    def _other_words(cls) -> dict[str, str]:
        return {"first_layer_only": "first_layer"}


class QuantizerPropagationRule(WordEnum):
    """When quantizers of several branches become one before the branches."""

    DO_NOT_MERGE_BRANCHES = "do_not_merge_branches"
    MERGE_IF_ALL_BRANCHES_SAME = "merge_if_all_branches_same"
    MERGE_WITH_POTENTIAL_REQUANTIZATION = "merge_with_potential_requantization"
    MERGE_ALL_IN_ONE = "merge_all_in_one"


class StatisticsType(WordEnum):
    """What is measured on a sample's tensor."""

    MIN = "min"
    MAX = "max"
    ABS_MAX = "abs_max"
    MEAN = "mean"
    QUANTILE = "quantile"
    ABS_QUANTILE = "abs_quantile"


class AggregatorType(WordEnum):
    """How the measures of all samples become one.

    HISTOGRAM and MSE look for the range with the least error of rounding.
    """

    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    MEDIAN = "median"
    MEAN_NO_OUTLIERS = "mean_no_outliers"
    MEDIAN_NO_OUTLIERS = "median_no_outliers"
    HISTOGRAM = "histogram"
    MSE = "mse"


@dataclass_transform()
def _parameters(cls: type[T]) -> type[T]:
    """A dataclass whose misspelled parameters are errors that name the nearest one."""
    cls = dataclass(cls)
    cls.__init__ = check_keywords(cls.__init__)  # type: ignore[misc]
    return cls


@_parameters
class Subgraph:
    """All nodes on the ways from `inputs` to `outputs`.

    Attributes:
        inputs: names of nodes, as in `IgnoredScope`.
        outputs: names of nodes that the former lead to.
    """

    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)


@_parameters
class IgnoredScope:
    """Layers that stay in floating point, in the user's words.

    Attributes:
        names: module path, FX name, or the node's name in the model.
        patterns: regular expressions, matched from the name's start.
        types: operation of the source ("conv2d", "Conv"), OpenVINO type, or module class.
        subgraphs: everything between two sets of nodes.
        validate: a rule that matches nothing is an error.
    """

    names: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    subgraphs: list[Subgraph] = field(default_factory=list)
    validate: bool = True


@_parameters
class QuantizationParameters:
    """Constraints on one kind of quantizers. None leaves the choice to the preset.

    Attributes:
        num_bits: 8; other numbers are refused.
        mode: symmetric or asymmetric ranges.
        signedness_to_force: True: ranges with both signs, also where no value is negative.
        per_channel: a range for each channel, or one for the tensor.
        narrow_range: one code less, so that both signs reach equally far.
    """

    num_bits: int | None = None
    mode: QuantizationMode | None = None
    signedness_to_force: bool | None = None
    per_channel: bool | None = None
    narrow_range: bool | None = None


@_parameters
class StatisticsCollectorParameters:
    """How one end of a range is found. None leaves the choice to the default estimator.

    Attributes:
        statistics_type: what is measured on a sample's tensor.
        aggregator_type: how the measures of all samples become one.
        clipping_value: values count as if they were clamped to plus and minus this.
        quantile_outlier_prob: for quantiles: the share of values that lie beyond the end.
    """

    statistics_type: StatisticsType | None = None
    aggregator_type: AggregatorType | None = None
    clipping_value: float | None = None
    quantile_outlier_prob: float = 1e-4


@_parameters
class RangeEstimatorParameters:
    """How the two ends of a range are found.

    Attributes:
        min: the lower end.
        max: the upper end.
    """

    min: StatisticsCollectorParameters = field(default_factory=StatisticsCollectorParameters)
    max: StatisticsCollectorParameters = field(default_factory=StatisticsCollectorParameters)


def _estimator(
    low: StatisticsType | None, high: StatisticsType | None, *aggregators: AggregatorType
) -> RangeEstimatorParameters:
    return RangeEstimatorParameters(
        StatisticsCollectorParameters(low, aggregators[0]),
        StatisticsCollectorParameters(high, aggregators[-1]),
    )


class RangeEstimatorParametersSet:
    """Estimators that are known by name. They are used as a whole."""

    MINMAX = _estimator(
        StatisticsType.MIN, StatisticsType.MAX, AggregatorType.MIN, AggregatorType.MAX
    )
    MEAN_MINMAX = _estimator(StatisticsType.MIN, StatisticsType.MAX, AggregatorType.MEAN)
    MEDIAN_MINMAX = _estimator(StatisticsType.MIN, StatisticsType.MAX, AggregatorType.MEDIAN)
    MEAN_NO_OUTLIERS_MINMAX = _estimator(
        StatisticsType.MIN, StatisticsType.MAX, AggregatorType.MEAN_NO_OUTLIERS
    )
    MEAN_QUANTILE = _estimator(
        StatisticsType.QUANTILE, StatisticsType.QUANTILE, AggregatorType.MEAN
    )
    HISTOGRAM = _estimator(None, None, AggregatorType.HISTOGRAM)
    MSE = _estimator(None, None, AggregatorType.MSE)


@_parameters
class AdvancedBiasCorrectionParameters:
    """Attributes:
    apply_for_all_nodes: also for layers without quantized inputs.
    threshold: a correction larger than this many times the bias is not made; None: the default.
    """

    apply_for_all_nodes: bool = False
    threshold: float | None = None


@_parameters
class AdvancedSmoothQuantParameters:
    """How much of the activations' range SmoothQuant moves into the weights; negative: none.

    Attributes:
        convolution: for convolutions.
        matmul: for matrix multiplications with weights.
    """

    convolution: float = -1.0
    matmul: float = 0.95


@_parameters
class AdvancedQuantizationParameters:
    """What few users need to set. None leaves the choice to octet.

    Attributes:
        overflow_fix: which weights keep to half of their range.
        quantize_outputs: also quantize what the model returns.
        inplace_statistics: without effect: statistics always are taken inside of the graph.
        disable_channel_alignment: do not balance channels between convolutions.
        disable_bias_correction: leave biases as they are.
        batchwise_statistics: each sample of a batch counts as a sample; None: if the dataset has
            a batch size above 1.
        activations_quantization_params: constraints on quantizers of activations.
        weights_quantization_params: constraints on quantizers of weights.
        quantizer_propagation_rule: when quantizers of several branches become one.
        activations_range_estimator_params: how ranges of activations are found.
        weights_range_estimator_params: how ranges of weights are found.
        bias_correction_params: parameters of the bias correction.
        smooth_quant_alphas: strength of SmoothQuant.
        backend_params: without effect, but kept in the recipe.
    """

    overflow_fix: OverflowFix | None = None
    quantize_outputs: bool = False
    inplace_statistics: bool = True
    disable_channel_alignment: bool = True
    disable_bias_correction: bool = False
    batchwise_statistics: bool | None = None
    activations_quantization_params: QuantizationParameters | None = None
    weights_quantization_params: QuantizationParameters | None = None
    quantizer_propagation_rule: QuantizerPropagationRule = QuantizerPropagationRule.MERGE_ALL_IN_ONE
    activations_range_estimator_params: RangeEstimatorParameters = field(
        default_factory=RangeEstimatorParameters
    )
    weights_range_estimator_params: RangeEstimatorParameters = field(
        default_factory=RangeEstimatorParameters
    )
    bias_correction_params: AdvancedBiasCorrectionParameters = field(
        default_factory=AdvancedBiasCorrectionParameters
    )
    smooth_quant_alphas: AdvancedSmoothQuantParameters = field(
        default_factory=AdvancedSmoothQuantParameters
    )
    backend_params: dict[str, str] = field(default_factory=dict)


@_parameters
class QuantizeOptions:
    """All parameters of `octet.quantize` but the model, the data and the progress.

    Attributes:
        preset: how activations are quantized; None: "performance", for a transformer "mixed".
        model_type: whether what attention needs is protected; None: found out from the graph.
        target_device: what the result will run on.
        subset_size: number of items of the dataset that are read (batches, not samples).
        fast_bias_correction: correct biases from means alone; False: by running the model.
        ignored_scope: layers that stay in floating point.
        advanced_parameters: what few users need.
        on_collapse: what to do where the outputs have little to do with those of the model.
        threads: 0: all cores. The result does not depend on it.
        max_memory: bytes that measuring the samples may take beyond what the process has, by an
            estimate; 0: any number. The result does not depend on it.
    """

    preset: QuantizationPreset | None = None
    model_type: ModelType | None = None
    target_device: TargetDevice = TargetDevice.ANY
    subset_size: int = 300
    fast_bias_correction: bool = True
    ignored_scope: IgnoredScope | None = None
    advanced_parameters: AdvancedQuantizationParameters | None = None
    on_collapse: OnCollapse = OnCollapse.WARN
    threads: int = 0
    max_memory: int = 0
