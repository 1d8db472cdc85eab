"""Parameters: names, words, types and what errors say."""

import dataclasses
import enum

import octet
import pytest
from octet import _core
from octet._plain import plain
from octet.options import QuantizeOptions


def as_plain(**parameters):
    return plain(QuantizeOptions(**parameters), QuantizeOptions, "")


@pytest.mark.parametrize("name", sorted(_core.option_words()))
def test_words_are_the_librarys(name):
    assert tuple(member.value for member in getattr(octet, name)) == _core.option_words()[name]


@pytest.mark.parametrize("given", ["mixed", "MIXED", octet.QuantizationPreset.MIXED])
def test_words_are_taken_in_any_spelling(given):
    assert as_plain(preset=given)["preset"] == "mixed"


def test_members_of_the_peers_enumerations_are_understood():
    class OverflowFix(enum.Enum):
        FIRST_LAYER = "first_layer_only"

    class TargetDevice(enum.Enum):
        CPU_SPR = "CPU_SPR"

    advanced = octet.AdvancedQuantizationParameters(overflow_fix=OverflowFix.FIRST_LAYER)
    options = as_plain(advanced_parameters=advanced, target_device=TargetDevice.CPU_SPR)
    assert options["advanced_parameters"]["overflow_fix"] == "first_layer"
    assert options["target_device"] == "cpu_spr"


@pytest.mark.parametrize(
    "parameters, where, problem, remedy",
    [
        ({"preset": "mixd"}, "preset", "'mixd' is none of performance, mixed", "'mixed'"),
        ({"preset": 3}, "preset", "3 is none of performance, mixed", ""),
        ({"subset_size": 1.5}, "subset_size", "1.5 is not a whole number", ""),
        ({"subset_size": True}, "subset_size", "True is not a whole number", ""),
        ({"subset_size": -1}, "subset_size", "-1 is negative", ""),
        ({"fast_bias_correction": "no"}, "fast_bias_correction", "not True or False", ""),
        ({"ignored_scope": ["a"]}, "ignored_scope", "is no octet.IgnoredScope", ""),
        (
            {"ignored_scope": octet.IgnoredScope(names="conv")},
            "ignored_scope.names",
            "'conv' is no list",
            "['conv']",
        ),
        (
            {"ignored_scope": octet.IgnoredScope(subgraphs=[octet.Subgraph(inputs=[1])])},
            "ignored_scope.subgraphs[0].inputs[0]",
            "1 is not text",
            "",
        ),
        (
            {
                "advanced_parameters": octet.AdvancedQuantizationParameters(
                    smooth_quant_alphas=octet.AdvancedSmoothQuantParameters(matmul="strong")
                )
            },
            "advanced_parameters.smooth_quant_alphas.matmul",
            "'strong' is not a number",
            "",
        ),
    ],
)
def test_errors_name_the_parameter(parameters, where, problem, remedy):
    with pytest.raises(octet.UsageError) as caught:
        as_plain(**parameters)
    assert caught.value.where == where
    assert problem in caught.value.problem
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    "call, where, remedy",
    [
        (lambda: octet.quantize(None, [], subset_sise=1), "quantize", "'subset_size'"),
        (lambda: octet.inspect("m.xml", presett="mixed"), "inspect", "'preset'"),
        (lambda: octet.IgnoredScope(name=["a"]), "IgnoredScope", "'names'"),
        (
            lambda: octet.AdvancedQuantizationParameters(overflowfix="disable"),
            "AdvancedQuantizationParameters",
            "'overflow_fix'",
        ),
        (lambda: octet.QuantizationPreset("performanse"), "QuantizationPreset", "'performance'"),
    ],
)
def test_misspelled_names_give_the_nearest(call, where, remedy):
    with pytest.raises(octet.UsageError) as caught:
        call()
    assert caught.value.where == where
    assert remedy in caught.value.remedy


def test_unknown_parameters_are_type_errors_too():
    with pytest.raises(TypeError):
        octet.IgnoredScope(nmaes=[])


def test_dictionaries_stand_for_parameters():
    options = as_plain(advanced_parameters={"smooth_quant_alphas": {"matmul": 0.5}})
    assert options["advanced_parameters"]["smooth_quant_alphas"] == {
        "convolution": -1.0,
        "matmul": 0.5,
    }


def test_numbers_of_numpy_are_numbers():
    numpy = pytest.importorskip("numpy")
    assert as_plain(subset_size=numpy.int64(7))["subset_size"] == 7


def test_named_estimators():
    estimators = octet.RangeEstimatorParametersSet
    assert estimators.MINMAX.min.statistics_type is octet.StatisticsType.MIN
    assert estimators.MINMAX.max.aggregator_type is octet.AggregatorType.MAX
    assert estimators.MEAN_MINMAX.min.aggregator_type is octet.AggregatorType.MEAN
    assert estimators.HISTOGRAM.max.aggregator_type is octet.AggregatorType.HISTOGRAM


def test_parameters_are_dataclasses():
    scope = octet.IgnoredScope(names=["a"])
    assert dataclasses.replace(scope, validate=False) == octet.IgnoredScope(["a"], validate=False)
    assert "names=['a']" in repr(scope)


@pytest.mark.parametrize(
    "advanced",
    [
        octet.AdvancedQuantizationParameters(
            quantize_outputs=True, quantizer_propagation_rule="do_not_merge_branches"
        ),
        octet.AdvancedQuantizationParameters(
            activations_range_estimator_params=octet.RangeEstimatorParametersSet.MEAN_QUANTILE
        ),
        octet.AdvancedQuantizationParameters(overflow_fix="enable"),
    ],
)
def test_parameters_reach_the_library(advanced):
    """Each changes what is done, as the recipe says."""
    np = pytest.importorskip("numpy")
    from command_inputs import convolutions

    data = [np.random.default_rng(i).normal(0, 1, (1, 3, 16, 16)).astype("f4") for i in range(4)]
    plain_recipe = octet.quantize_to_openvino(convolutions(), data).recipe
    recipe = octet.quantize_to_openvino(convolutions(), data, advanced_parameters=advanced).recipe
    assert recipe.to_json() != plain_recipe.to_json()
