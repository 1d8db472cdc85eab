#pragma once

#include <map>
#include <string>

#include "octet/options.hpp"

namespace octet::api {

/// The options that decide what a model becomes, flat, by the names of the Python API; what is at
/// its default is left out, but for the tutorial's own parameters. Lists are JSON. Nothing that
/// differs from machine to machine (paths, threads, times) is among them: the same model, data and
/// options give the same bytes.
std::map<std::string, std::string> provenance_of(const QuantizeOptions& resolved,
                                                 std::size_t samples, const std::string& data_hash);

/// The options that `provenance_of` wrote. Throws `Error` (unsupported_version) on a key or a value
/// that this version does not know.
QuantizeOptions options_of(const std::map<std::string, std::string>& provenance);

}  // namespace octet::api
