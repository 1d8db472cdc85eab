#pragma once

#include <string>

#include <openvino/core/node_output.hpp>
#include <openvino/frontend/node_context.hpp>

namespace octet::importer::aten {

/// Runs the converter that the frontend keeps in its table of FX operators. It serves graphs of the
/// TorchScript spelling as well, where the arguments are laid out the same.
ov::OutputVector convert_by_fx_row(const std::string& row,
                                   const ov::frontend::NodeContext& context);

/// The items of a list that a converter built.
ov::OutputVector unpack_list(const ov::Output<ov::Node>& list);

/// Nearest float; a finite number stays finite (torch's smallest double is a common mask value).
float to_float(double number);

}  // namespace octet::importer::aten
