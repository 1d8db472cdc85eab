#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "octet/dataset.hpp"
#include "octet/diagnose.hpp"
#include "octet/export.hpp"
#include "octet/model.hpp"
#include "octet/quantizers.hpp"
#include "octet/recipe.hpp"

namespace octet {

/// A setting that differs; empty: there is none.
struct SettingChange {
  std::string key, before, after;
};

/// What differs between two models.
struct ModelDifferences {
  Comparison comparison;  ///< of the outputs
  /// Ratio of signal to noise of every layer that both have, in the graph's order: the first
  /// model's output is the signal. Infinite where nothing differs.
  std::vector<LayerError> layers;
  std::vector<QuantizerChange> quantizers;
  std::vector<SettingChange> settings;  ///< of what the models say made them
};
/// Runs at most `samples` items of `data` through both. Either may be quantized, by Octet or by
/// another tool. Layers are run on at most four of the items. Throws `Error` as `compare` does.
OCTET_API ModelDifferences differences(const Model& first, const Model& second, Dataset& data,
                                       std::size_t samples, const RunOptions& options = {});

/// An edit besides quantizers that two recipes do not have alike.
struct EditChange {
  QuantizerChange::Kind kind = QuantizerChange::Kind::moved;
  std::string edit;  ///< "fold_batch_norm", "scale_channels", "shift_bias"
  std::string node;
  double change = 0;  ///< largest |difference| of its values; infinite where their number differs
};
/// What differs between two recipes.
struct RecipeDifferences {
  std::vector<QuantizerChange> quantizers;
  std::vector<EditChange> edits;
  std::vector<SettingChange> settings;
};
OCTET_API RecipeDifferences differences(const Recipe& first, const Recipe& second);

/// Whether a quantized model is what its receipt says.
struct Verification {
  std::string recorded_data, found_data;  ///< hashes
  /// Fingerprints of the model that it was made from; `found_model` is empty where none was given.
  std::string recorded_model, found_model;
  /// Whether quantizing again gave the same graph and constants; unset where no model was given.
  std::optional<bool> is_same_result;
  std::vector<QuantizerChange> quantizers;  ///< as made again, against the model's
  std::vector<std::string> notes;           ///< such as that another version made it

  /// Everything that was looked at is as recorded.
  bool is_equal() const {
    return recorded_data == found_data && (found_model.empty() || recorded_model == found_model) &&
           is_same_result.value_or(true);
  }
};
/// Reads the data again, and with a `reference` quantizes it again by the options of the receipt.
/// Of `run`, threads and callbacks are used. Throws `Error`: invalid_argument where the model has
/// no receipt, and as `quantize` does.
OCTET_API Verification verify(const Model& quantized, Dataset& data,
                              const std::optional<Model>& reference,
                              const QuantizeOptions& run = {});

}  // namespace octet
