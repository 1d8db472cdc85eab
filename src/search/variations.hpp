#pragma once

#include <functional>
#include <string>
#include <vector>

#include "octet/options.hpp"

namespace octet::search {

/// A change of the options, in the words of the Python API.
struct Variation {
  std::string name;
  std::function<void(QuantizeOptions&)> set;
};

/// What is tried, a list of alternatives after the other, each on top of the best so far.
/// `resolved`: the options as given. A variation that changes nothing is for the caller to notice.
std::vector<std::vector<Variation>> variations(const QuantizeOptions& resolved);

/// Options whose statistics together serve every combination of the variations.
std::vector<QuantizeOptions> combinations(const QuantizeOptions& resolved);

}  // namespace octet::search
