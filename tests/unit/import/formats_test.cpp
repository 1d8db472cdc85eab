#include <doctest/doctest.h>

#include <cstdint>
#include <openvino/op/constant.hpp>
#include <openvino/opsets/opset13.hpp>
#include <openvino/pass/manager.hpp>
#include <openvino/pass/serialize.hpp>
#include <set>

#include "../io/zip_writer.hpp"
#include "import/onnx_nodes.hpp"
#include "octet/model.hpp"

namespace {

namespace op = ov::opset13;

// Just enough of protobuf to write an ONNX model.
std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes + static_cast<char>(value);
}
std::string number(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(value);
}
std::string bytes(int field, const std::string& content) {
  return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(content.size()) + content;
}

std::string value_info(const std::string& name, const std::vector<std::uint64_t>& shape) {
  std::string sizes;
  for (std::uint64_t size : shape) sizes += bytes(1, number(1, size));
  return bytes(1, name) + bytes(2, bytes(1, number(1, 1) + bytes(2, sizes)));
}

/// A grouped convolution and a hard-sigmoid, which OpenVINO spells with more nodes than ONNX.
std::string onnx_model() {
  std::string weight;
  for (std::uint64_t size : {4, 1, 3, 3}) weight += number(1, size);
  weight += number(2, 1) + bytes(8, "conv.weight") + bytes(9, std::string(4 * 9 * 4, '\0'));
  const std::string group = bytes(1, "group") + number(3, 4) + number(20, 2);
  const std::string conv = bytes(1, "x") + bytes(1, "conv.weight") + bytes(2, "conv_out") +
                           bytes(3, "/block/conv/Conv") + bytes(4, "Conv") + bytes(5, group);
  const std::string act = bytes(1, "conv_out") + bytes(2, "y") +
                          bytes(3, "/block/act/HardSigmoid") + bytes(4, "HardSigmoid");
  const std::string graph = bytes(1, conv) + bytes(1, act) + bytes(2, "net") + bytes(5, weight) +
                            bytes(11, value_info("x", {1, 4, 8, 8})) +
                            bytes(12, value_info("y", {1, 4, 6, 6}));
  return number(1, 8) + bytes(7, graph) + bytes(8, number(2, 17));
}

std::shared_ptr<ov::Model> small_model() {
  const auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::PartialShape{-1, 4});
  x->set_friendly_name("same");
  const auto weight = op::Constant::create(ov::element::f32, {4, 4}, std::vector<float>(16, 1));
  weight->set_friendly_name("same");
  const auto product = std::make_shared<op::MatMul>(x, weight);
  product->set_friendly_name("same");
  const auto result = std::make_shared<op::Result>(product);
  result->set_friendly_name("same_2");
  return std::make_shared<ov::Model>(ov::ResultVector{result}, ov::ParameterVector{x});
}

}  // namespace

TEST_CASE("an ONNX model keeps the names of its nodes, and generated ones are replaced") {
  const TemporaryFolder folder;
  write_bytes(folder / "net.onnx", onnx_model());
  const octet::Model model = octet::load(folder / "net.onnx");
  CHECK(model.format == "onnx");
  std::set<std::string> names;
  for (const auto& node : model.graph->get_ordered_ops()) {
    CHECK(names.insert(node->get_friendly_name()).second);
    CHECK(model.sources.find(node->get_friendly_name()));
    // The weight's reshape is folded, so that the convolution reads a constant.
    CHECK(std::string(node->get_type_name()) != "Reshape");
  }
  CHECK(names.contains("/block/conv/Conv"));
  CHECK(names.contains("/block/act/HardSigmoid"));
  CHECK(names.contains("conv.weight"));
  const octet::SourceInfo* conv = model.sources.find("/block/conv/Conv");
  REQUIRE(conv);
  CHECK(conv->op_type == "Conv");
  CHECK(conv->value_name == "conv_out");
  // The same names again: OpenVINO's own numbers differ from load to load.
  std::set<std::string> again;
  for (const auto& node : octet::load(folder / "net.onnx").graph->get_ordered_ops())
    again.insert(node->get_friendly_name());
  CHECK(again == names);
}

TEST_CASE("damaged and missing model files are named") {
  const TemporaryFolder folder;
  const auto fails = [](const std::filesystem::path& path, octet::ErrorCode code) {
    try {
      octet::load(path);
    } catch (const octet::Error& error) {
      CHECK(octet::name_of(error.code()) == octet::name_of(code));
      CHECK(std::string(error.what()).find(path.filename().string()) != std::string::npos);
      return;
    }
    FAIL("no error");
  };
  const std::string onnx = onnx_model();
  write_bytes(folder / "cut.onnx", onnx.substr(0, onnx.size() / 2));
  fails(folder / "cut.onnx", octet::ErrorCode::conversion_failed);
  write_bytes(folder / "text.onnx", "hello");
  fails(folder / "text.onnx", octet::ErrorCode::conversion_failed);
  write_bytes(folder / "text.xml", "<net");
  fails(folder / "text.xml", octet::ErrorCode::conversion_failed);
  write_bytes(folder / "model.pth", "x");
  fails(folder / "model.pth", octet::ErrorCode::unknown_format);
  fails(folder / "none.xml", octet::ErrorCode::file_not_found);
  fails(folder / "none.onnx", octet::ErrorCode::file_not_found);
  fails(folder / "none.pt2", octet::ErrorCode::file_not_found);
}

TEST_CASE("the reader of ONNX names survives any cut") {
  const std::string onnx = onnx_model();
  const auto read = [](const std::string& text) {
    return octet::importer::read_onnx_nodes(std::as_bytes(std::span(text.data(), text.size())),
                                            "net.onnx");
  };
  const auto nodes = read(onnx);
  REQUIRE(nodes.size() == 2);
  CHECK(nodes.at("y").op_type == "HardSigmoid");
  for (std::size_t size = 0; size < onnx.size(); ++size) {
    CAPTURE(size);
    try {
      const std::size_t count = read(onnx.substr(0, size)).size();
      CHECK(count <= 2);
    } catch (const octet::Error& error) {
      CHECK(error.code() == octet::ErrorCode::corrupt_program);
    }
  }
}

TEST_CASE("a model in memory is not changed, shares its weights, and gets unique names") {
  const auto given = small_model();
  const octet::Model model = octet::from_ov_model(given);
  CHECK(model.format == "ov_model");
  std::set<std::string> names;
  for (const auto& node : model.graph->get_ordered_ops()) names.insert(node->get_friendly_name());
  CHECK(names == std::set<std::string>{"same", "same_2", "same_3", "same_4"});
  const auto data = [](const ov::Model& graph) -> const void* {
    for (const auto& node : graph.get_ordered_ops())
      if (const auto constant = ov::as_type_ptr<op::Constant>(node))
        return constant->get_data_ptr();
    return nullptr;
  };
  CHECK(data(*model.graph) == data(*given));
  for (const auto& node : given->get_ordered_ops())
    CHECK(node->get_friendly_name().starts_with("same"));
  CHECK(given->get_ordered_ops().front()->get_friendly_name() == "same");
  CHECK_THROWS_AS(octet::from_ov_model(nullptr), octet::Error);
}

TEST_CASE("names of the source survive saving and loading IR") {
  const TemporaryFolder folder;
  octet::Model model = octet::from_ov_model(small_model());
  octet::SourceMap sources;
  sources.set("same", {"linear", "head.fc", "torch.nn.Linear", "aten.linear.default", "/n.py:3"});
  sources.set("gone", {"gone", "", "", "", ""});
  model.graph->set_rt_info(sources.to_json(), "octet", "sources");
  ov::pass::Serialize((folder / "m.xml").string(), (folder / "m.bin").string())
      .run_on_model(model.graph);
  const octet::Model loaded = octet::load(folder / "m.xml");
  CHECK(loaded.format == "ir");
  CHECK(loaded.sources.entries().size() == 1);
  CHECK(loaded.sources.describe("same") == "node 'head.fc' (n.py:3)");
  CHECK(loaded.sources.describe("other") == "node 'other'");
}

TEST_CASE("a table of sources survives its JSON, and a damaged one is refused") {
  octet::SourceMap sources;
  sources.set("a\"b", {"value\n", "módulo", "Class", "op", "C:\\net.py:1"});
  sources.set("empty", {});
  CHECK(octet::SourceMap::from_json(sources.to_json()).entries() == sources.entries());
  for (const char* text : {"", "[]", "{\"a\": 1}", "{\"a\": {\"op\": 1}}", "{"})
    CHECK_THROWS_AS(octet::SourceMap::from_json(text), octet::Error);
}
