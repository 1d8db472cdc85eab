#include "import/onnx_nodes.hpp"

#include <cstdint>
#include <vector>

#include "octet/error.hpp"

namespace octet::importer {
namespace {

// Field numbers of onnx.proto.
constexpr std::uint64_t model_graph = 7, graph_node = 1;
constexpr std::uint64_t node_output = 2, node_name = 3, node_op_type = 4;

/// Steps through the fields of a protobuf message.
class Message {
 public:
  Message(std::span<const std::byte> bytes, const std::filesystem::path& file)
      : bytes_(bytes), file_(file) {}

  /// False at the end.
  bool next() {
    if (bytes_.empty()) return false;
    const std::uint64_t key = varint();
    number = key >> 3;
    content = {};
    constexpr unsigned is_varint = 0, is_64_bits = 1, is_bytes = 2, is_32_bits = 5;
    switch (key & 7) {
      case is_varint:
        varint();
        return true;
      case is_64_bits:
        take(8);
        return true;
      case is_bytes:
        content = take(varint());
        return true;
      case is_32_bits:
        take(4);
        return true;
      default:
        fail();
    }
  }

  std::string text() const {
    return {reinterpret_cast<const char*>(content.data()), content.size()};
  }

  std::uint64_t number = 0;
  std::span<const std::byte> content;  ///< of a field that holds bytes or a message

 private:
  [[noreturn]] void fail() const {
    throw Error(ErrorCode::corrupt_program, "import", file_.string(),
                "the file is no ONNX model (its protobuf message is damaged)",
                "Export the model again");
  }

  std::span<const std::byte> take(std::uint64_t count) {
    if (count > bytes_.size()) fail();
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(take(1)[0]);
      value |= (byte & 0x7f) << shift;
      if (!(byte & 0x80)) return value;
    }
    fail();
  }

  std::span<const std::byte> bytes_;
  const std::filesystem::path& file_;
};

}  // namespace

std::map<std::string, OnnxNode> read_onnx_nodes(std::span<const std::byte> bytes,
                                                const std::filesystem::path& file) {
  std::map<std::string, OnnxNode> nodes;
  for (Message model(bytes, file); model.next();) {
    if (model.number != model_graph) continue;
    for (Message graph(model.content, file); graph.next();) {
      if (graph.number != graph_node) continue;
      OnnxNode node;
      std::vector<std::string> values;
      for (Message field(graph.content, file); field.next();) {
        if (field.number == node_output) values.push_back(field.text());
        if (field.number == node_name) node.name = field.text();
        if (field.number == node_op_type) node.op_type = field.text();
      }
      for (const std::string& value : values)
        if (!value.empty()) nodes.emplace(value, node);
    }
  }
  return nodes;
}

}  // namespace octet::importer
