#pragma once

#include <set>
#include <string>
#include <vector>

#include "octet/facts.hpp"

namespace octet::diagnose {

/// The layers that make the most error by themselves, the worst first.
std::vector<std::string> worst_layers(const Facts& facts, std::size_t most);

/// `rounded` with these layers in floating point: they read what is before their quantizers, and
/// the weights of `exact`. A quantizer that stands before an operation that only moves values
/// stays.
Model in_float(const Model& exact, const Model& rounded, const std::set<std::string>& layers);

/// What the numbers of `facts` say, in plain words: values cut off, uneven channels, layers that
/// did not run as asked, speed. Errors, which need models to be run, are told by the caller.
std::vector<Finding> findings_in(const Facts& facts);

/// `layer1.0.conv1`, or the node's name: as users name it.
std::string name_of(const LayerFacts& layer);
std::string name_of(const Facts& facts, const std::string& node);

/// "18.2 dB"
std::string decibels(double value);

}  // namespace octet::diagnose
