#pragma once

#include <filesystem>
#include <string>

namespace octet::fuzz {

/// Weights of a linear layer of 3 inputs and 2 outputs, as torch 2.13 lists them.
extern const char* const sound_weights_config;

/// A sound archive in memory that holds this program and this list of weights.
std::filesystem::path pt2_archive(const std::string& program, const std::string& weights_config);

}  // namespace octet::fuzz
