#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace octet {

/// How far one output is from the reference's, over all samples.
struct OutputDifference {
  std::string name;
  double cosine = 1;     ///< between the flattened outputs of a sample, mean over samples
  double sqnr_db = 0;    ///< 10 log10(sum r^2 / sum (r - x)^2) over all elements; infinite if equal
  double max_error = 0;  ///< largest |r - x|
  /// Share of rows whose largest element is at the same place; for outputs of shape [rows,
  /// classes].
  std::optional<double> top1_agreement{};
};

struct Comparison {
  std::vector<OutputDifference> outputs;
  std::size_t samples = 0;  ///< items of the dataset that were run
};

}  // namespace octet
