#pragma once

#include <nlohmann/json.hpp>

#include "octet/report.hpp"

namespace octet::report {

using Json = nlohmann::ordered_json;

/// Sets `key` unless `value` is empty.
void put(Json& json, const char* key, const std::string& value);
/// null where `value` is infinite or no number.
Json number(double value);

Json json_of(const std::vector<OutputDifference>& outputs);
Json json_of(const Comparison& comparison);
Json json_of(const Verdict& verdict);
Json json_of(const Model& model, const std::vector<LayerDecision>& layers);
Json json_of(const std::vector<Diagnostic>& diagnostics);
Json counts_of(const std::vector<LayerDecision>& layers);
/// Indented; text that is no UTF-8 is repaired. Ends in a newline.
std::string dump(const Json& json);

}  // namespace octet::report
