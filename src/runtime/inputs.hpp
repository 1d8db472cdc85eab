#pragma once

#include <string>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/runtime/tensor.hpp>

#include "octet/dataset.hpp"
#include "octet/export.hpp"

namespace octet::runtime {

/// `input 'input_ids'`: the name that the user knows an input by.
std::string describe_input(const ov::op::v0::Parameter& parameter);

/// The sample's tensors in the order of the model's inputs, by name (a tensor name or the friendly
/// name) or by position, each in the input's element type: numbers are converted, but a fraction
/// never becomes a whole number, and none leaves the type's range. `where` says which sample it is.
/// Throws `Error` (sample_mismatch) on a name, a number of inputs, a type or a shape that does not
/// fit.
OCTET_API std::vector<ov::Tensor> bind_inputs(const ov::Model& model, const Sample& sample,
                                              const std::string& where);

}  // namespace octet::runtime
