"""What Octet does with a job: placement and ranges, as a user of the package gets them."""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from placements import of_recipe

sys.path.insert(0, str(Path(__file__).parent.parent / "coverage"))
import models
import octet

ITEMS = 3  #: of the calibration data


def load(row, batch):
    """The model of a row of the coverage list, as Octet imports it. Raises models.Unavailable."""
    module = models.make_model(row)
    positional, named = models.make_inputs(row, batch)
    with torch.no_grad():
        return octet.load(torch.export.export(module, positional, named))


def items(row, model, batch):
    """Calibration data by the names of the model's inputs. Each item has that many samples."""
    names = [names[0] for names, _, _ in model.inputs]
    result = []
    for item in range(ITEMS):
        torch.manual_seed(1000 + item)
        inputs = row.inputs(batch)
        values = inputs.values() if isinstance(inputs, dict) else inputs
        arrays = [value.numpy() for value in torch.utils._pytree.tree_leaves(list(values))]
        result.append(dict(zip(names, arrays, strict=True)))
    return result


def quantize(model, data, options):
    """The recipe, as parsed JSON."""
    options = dict(options)
    scope = options.get("ignored_scope")
    if scope:
        subgraphs = [octet.Subgraph(**subgraph) for subgraph in scope.get("subgraphs", [])]
        options["ignored_scope"] = octet.IgnoredScope(**{**scope, "subgraphs": subgraphs})
    advanced = dict(options.pop("advanced_parameters"))
    for key, kind in PARAMETERS.items():
        if key in advanced:
            advanced[key] = kind(advanced[key])
    result = octet.quantize_to_openvino(
        model,
        data,
        advanced_parameters=octet.AdvancedQuantizationParameters(**advanced),
        progress=False,
        **options,
    )
    return json.loads(result.recipe.to_json())


def estimator(ends):
    # Octet's histogram needs no type: the peer's is "raw".
    sides = {
        end: {key: value for key, value in fields.items() if value != "raw"}
        for end, fields in ends.items()
    }
    return octet.RangeEstimatorParameters(
        **{end: octet.StatisticsCollectorParameters(**fields) for end, fields in sides.items()}
    )


PARAMETERS = {
    "activations_quantization_params": lambda fields: octet.QuantizationParameters(**fields),
    "weights_quantization_params": lambda fields: octet.QuantizationParameters(**fields),
    "activations_range_estimator_params": estimator,
    "weights_range_estimator_params": estimator,
    "smooth_quant_alphas": lambda fields: octet.AdvancedSmoothQuantParameters(**fields),
    "bias_correction_params": lambda fields: octet.AdvancedBiasCorrectionParameters(**fields),
}


def prepared(model, recipe):
    """The model that quantizers are placed on: batch norms are folded."""
    folds = [edit for edit in recipe["edits"] if edit["edit"] == "fold_batch_norm"]
    text = json.dumps({**recipe, "edits": folds})
    return octet.apply(model, octet.Recipe.from_json(text))


def save_items(data, path):
    """As named arrays whose first axis counts the items."""
    np.savez(path, **{name: np.stack([item[name] for item in data]) for name in data[0]})


def placement(model, data, options):
    return of_recipe(quantize(model, data, options))
