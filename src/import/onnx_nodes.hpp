#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace octet::importer {

/// A node of an ONNX graph, as far as naming needs it.
struct OnnxNode {
  std::string name;     ///< may be empty
  std::string op_type;  ///< `Conv`
};

/// The nodes of the top graph by the values that they give. Throws `Error` (corrupt_program) naming
/// `file` where the bytes are no protobuf message.
std::map<std::string, OnnxNode> read_onnx_nodes(std::span<const std::byte> bytes,
                                                const std::filesystem::path& file);

}  // namespace octet::importer
