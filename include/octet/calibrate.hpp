#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <vector>

#include "octet/dataset.hpp"
#include "octet/export.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"

namespace octet {

/// The share of a dataset that one process measures: items `index`, `index + count`, and so on.
struct Shard {
  std::size_t index = 0, count = 1;
};

/// Measures a shard of `data` for `quantize` with the same options, and writes `file`. It is
/// written every few seconds; a run that was ended goes on where `file` stopped, and a whole one is
/// left alone. Returns the number of items that the dataset has, up to `options.subset_size`.
///
/// Every process reads the whole dataset, in the same order: which items there are must not depend
/// on the shard. Throws `Error`; invalid_argument if `file` is of another model, of other
/// options or of another shard.
OCTET_API std::size_t calibrate(const Model& model, Dataset& data,
                                const std::filesystem::path& file, const Shard& shard = {},
                                const QuantizeOptions& options = {});

/// Takes the place of the data in `quantize`: what `calibrate` wrote for all shards, in any order.
/// The result has the same bytes as that of one run on the data. `quantize` throws `Error`:
/// corrupt_archive where a file is damaged, invalid_argument where one does not fit the model or
/// the options or is not the whole of its shard, and where a shard is missing or given twice.
OCTET_API std::unique_ptr<Dataset> stored_statistics(std::vector<std::filesystem::path> files);

}  // namespace octet
