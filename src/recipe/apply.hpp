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

}  // namespace octet::recipe
