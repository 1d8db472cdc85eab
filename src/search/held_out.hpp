#pragma once

#include <algorithm>
#include <vector>

#include "octet/dataset.hpp"
#include "octet/model.hpp"
#include "statistics/samples.hpp"

namespace octet::search {

/// Holds a few items of a dataset back, evenly spread, and gives the others. One in four, and no
/// more than hold about 32 samples; none of a dataset with a single item.
class HeldOut : public Dataset {
 public:
  /// `limit`: items that are read at most, those that are held back included. Both must outlive
  /// this.
  HeldOut(Dataset& data, const Model& model, std::size_t limit);

  std::optional<Sample> next() override;
  std::optional<std::size_t> size() const override;
  std::optional<std::size_t> batch_size() const override { return data_.batch_size(); }
  std::string describe() const override { return data_.describe(); }
  std::vector<Diagnostic> diagnostics() const override { return data_.diagnostics(); }

  /// How many items it gives at most.
  std::size_t limit() const { return limit_ - std::min(limit_, most_); }
  /// The inputs of those that were held back, once all have been read.
  const std::vector<std::vector<ov::Tensor>>& items() const { return items_; }

 private:
  Dataset& data_;
  const Model& model_;
  std::size_t limit_, step_ = 0, most_ = 0, index_ = 0, samples_ = 0;
  std::vector<std::vector<ov::Tensor>> items_;
};

}  // namespace octet::search
