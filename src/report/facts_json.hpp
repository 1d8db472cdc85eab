#pragma once

#include "octet/facts.hpp"
#include "report/json.hpp"

namespace octet::report {

/// As `facts_json`.
Json json_of(const Facts& facts);

}  // namespace octet::report
