#pragma once

#include <vector>

#include "octet/model.hpp"
#include "octet/recipe.hpp"

namespace octet::recipe {

/// Replays edits, in their order, on a clone of `model` (constants that no edit touches are
/// shared). Throws `Error` (recipe_mismatch) naming the node that an edit does not fit.
Model apply_edits(const Model& model, const std::vector<Edit>& edits);

/// `octet::apply` for a recipe that is known to be made for `model`.
Model replay(const Model& model, const Recipe& recipe);

/// Those of `edits` that change no result: with them alone, a model is what it was.
std::vector<Edit> structural_edits(const std::vector<Edit>& edits);

/// `model` with the structural edits that `quantized`, which `replay` made of it, keeps a note of:
/// its nodes then compute what those of the same name compute in `quantized`. Throws `Error`
/// (recipe_mismatch, recipe_invalid) where `quantized` was made of another model.
Model with_structure_of(const Model& model, const ov::Model& quantized);
/// Whether a model keeps such a note.
bool has_structure(const ov::Model& quantized);

}  // namespace octet::recipe
