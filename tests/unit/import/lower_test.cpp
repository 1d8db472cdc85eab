#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <openvino/op/constant.hpp>
#include <openvino/runtime/core.hpp>
#include <set>
#include <sstream>

#include "program_text.hpp"

namespace {

namespace fs = std::filesystem;
using octet::importer::aten::lower;

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::shared_ptr<ov::Node> find_node(const ov::Model& model, const std::string& name) {
  for (const auto& node : model.get_ordered_ops())
    if (node->get_friendly_name() == name) return node;
  return nullptr;
}

std::string join(const std::vector<std::string>& words, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < words.size(); ++i) text += (i > first ? " " : "") + words[i];
  return text;
}

void fill(ov::Tensor& tensor, const std::vector<double>& values) {
  for (std::size_t i = 0; i < tensor.get_size(); ++i) {
    const double value = values.empty() ? static_cast<double>(i + 1) : values[i % values.size()];
    if (tensor.get_element_type() == ov::element::f32)
      tensor.data<float>()[i] = static_cast<float>(value);
    else if (tensor.get_element_type() == ov::element::i64)
      tensor.data<std::int64_t>()[i] = static_cast<std::int64_t>(value);
    else
      FAIL("inputs of this type are not fed here");
  }
}

std::vector<double> numbers_of(const ov::Tensor& tensor) {
  std::vector<double> numbers;
  for (std::size_t i = 0; i < tensor.get_size(); ++i) {
    if (tensor.get_element_type() == ov::element::f32)
      numbers.push_back(tensor.data<float>()[i]);
    else if (tensor.get_element_type() == ov::element::i64)
      numbers.push_back(static_cast<double>(tensor.data<std::int64_t>()[i]));
    else if (tensor.get_element_type() == ov::element::i32)
      numbers.push_back(tensor.data<std::int32_t>()[i]);
    else if (tensor.get_element_type() == ov::element::boolean)
      numbers.push_back(tensor.data<bool>()[i]);
    else
      FAIL("outputs of this type are not read here");
  }
  return numbers;
}

/// Runs the model; unknown sizes are those of the fed data, on the first unknown axis.
std::map<std::string, std::vector<double>> run(const octet::Model& model, const ProgramText& text) {
  static ov::Core core;
  auto request = core.compile_model(model.graph, "CPU", {{"INFERENCE_PRECISION_HINT", "f32"}})
                     .create_infer_request();
  for (const auto& input : model.graph->inputs()) {
    const auto found = text.data.find(input.get_node()->get_friendly_name());
    const std::vector<double> values =
        found == text.data.end() ? std::vector<double>() : found->second;
    ov::Shape shape;
    for (const auto& size : input.get_partial_shape())
      shape.push_back(size.is_static() ? static_cast<std::size_t>(size.get_length()) : 0);
    const std::size_t known = [&] {
      std::size_t product = 1;
      for (std::size_t size : shape) product *= size ? size : 1;
      return product;
    }();
    for (std::size_t& size : shape)
      if (size == 0) size = values.size() / known;
    ov::Tensor tensor(input.get_element_type(), shape);
    fill(tensor, values);
    request.set_tensor(input, tensor);
  }
  request.infer();
  std::map<std::string, std::vector<double>> results;
  for (std::size_t i = 0; i < model.graph->get_results().size(); ++i)
    results[model.graph->get_results()[i]->get_friendly_name()] =
        numbers_of(request.get_output_tensor(i));
  return results;
}

void check(const octet::Model& model, const ProgramText& text) {
  std::map<std::string, std::vector<double>> results;
  for (const auto& words : text.expectations) {
    CAPTURE(join(words, 0));
    if (words[0] == "op") {
      const auto node = find_node(*model.graph, words[1]);
      REQUIRE((node != nullptr));
      CHECK(node->get_type_name() == words[2]);
    } else if (words[0] == "absent") {
      CHECK_FALSE(find_node(*model.graph, words[1]));
    } else if (words[0] == "count") {
      const auto ops = model.graph->get_ordered_ops();
      CHECK(std::ranges::count_if(ops, [&](const auto& node) {
              return words[1] == node->get_type_name();
            }) == std::stoi(words[2]));
    } else if (words[0] == "shape") {
      const auto node = find_node(*model.graph, words[1]);
      REQUIRE((node != nullptr));
      CHECK(node->get_output_partial_shape(0).to_string() == words[2]);
    } else if (words[0] == "type") {
      const auto node = find_node(*model.graph, words[1]);
      REQUIRE((node != nullptr));
      CHECK(node->get_output_element_type(0).to_string() == words[2]);
    } else if (words[0] == "source") {
      CHECK(model.sources.describe(words[1]) == join(words, 2));
    } else if (words[0] == "value") {
      if (results.empty()) results = run(model, text);
      REQUIRE(results.contains(words[1]));
      const auto& got = results.at(words[1]);
      REQUIRE(got.size() == words.size() - 2);
      for (std::size_t i = 0; i < got.size(); ++i)
        CHECK(got[i] == doctest::Approx(std::stod(words[i + 2])).epsilon(1e-5));
    } else {
      FAIL("unknown expectation");
    }
  }
}

}  // namespace

TEST_CASE("programs are lowered as their cases say") {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(OCTET_CASES) / "import"))
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  std::ranges::sort(files);
  REQUIRE(files.size() > 10);
  for (const fs::path& file : files) {
    CAPTURE(file.filename().string());
    ProgramText text = parse_program(read_text(file));
    REQUIRE_FALSE(text.expectations.empty());
    if (text.expectations.front()[0] != "error") {
      CHECK_NOTHROW(check(lower(text.program), text));
      continue;
    }
    std::string message;
    try {
      lower(text.program);
    } catch (const octet::Error& error) {
      message = error.what();
    }
    CAPTURE(message);
    for (const auto& words : text.expectations)
      if (words[0] == "error")
        CHECK(message.find(join(words, 1)) != std::string::npos);
      else
        CHECK(message.find(join(words, 1)) == std::string::npos);  // `not`
  }
}

TEST_CASE("names are unique, every node has a source, and no mark of the import is left") {
  const auto text = parse_program(R"(
input x f32 1 2 4 4
weight p_w block.conv.weight f32 2 2 1 1
weight p_b block.conv.bias f32 2
conv2d = aten.conv2d.default input=x weight=p_w bias=p_b -> f32 1 2 4 4
conv2d_1 = aten.conv2d.default input=conv2d weight=p_w bias=p_b -> f32 1 2 4 4
gelu = aten.gelu.default self=conv2d_1 approximate="tanh" -> f32 1 2 4 4
output y gelu
)");
  const octet::Model model = lower(text.program);
  std::set<std::string> names;
  for (const auto& node : model.graph->get_ordered_ops()) {
    CHECK(names.insert(node->get_friendly_name()).second);
    CHECK(model.sources.find(node->get_friendly_name()));
    CHECK_FALSE(node->get_rt_info().contains("octet_origin"));
  }
  for (const char* name : {"x", "conv2d", "conv2d_1", "gelu", "y", "block.conv.weight"})
    CHECK(names.contains(name));
  CHECK(model.sources.find("conv2d_1")->module_path == "module.2");
  CHECK(model.sources.find("block.conv.weight")->module_path == "block.conv");
  CHECK(model.graph->input("x").get_names().contains("x"));
  CHECK(model.graph->output("y").get_names().contains("gelu"));
  CHECK(octet::SourceMap::from_json(model.graph->get_rt_info<std::string>("octet", "sources"))
            .entries() == model.sources.entries());
}

TEST_CASE("weights are not copied, and tied ones are one constant") {
  auto text = parse_program(R"(
input x f32 2 3
weight p_a encoder.weight f32 3 3
weight p_b decoder.weight f32 3 3
linear = aten.linear.default input=x weight=p_a -> f32 2 3
linear_1 = aten.linear.default input=linear weight=p_b -> f32 2 3
output y linear_1
)");
  text.program.weights[1].data = text.program.weights[0].data;
  const octet::Model model = lower(text.program);
  std::vector<const void*> data;
  for (const auto& node : model.graph->get_ordered_ops())
    if (const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node))
      data.push_back(constant->get_data_ptr());
  REQUIRE(data.size() == 1);
  CHECK(data[0] == text.program.weights[0].data.data());
}

TEST_CASE("a write to a buffer or an input is noted as dropped") {
  const auto text = parse_program(R"(
input x f32 4
weight b_n block.count f32 4
weight b_m block.mean f32 4
add_ = aten.add_.Tensor self=b_n other=1.0 -> f32 4
mul_ = aten.mul_.Tensor self=x other=b_n -> f32 4
add = aten.add.Tensor self=mul_ other=b_m -> f32 4
output y add
)");
  const octet::Model model = lower(text.program);
  REQUIRE(model.diagnostics.size() == 2);
  CHECK(model.diagnostics[0].code == "state_dropped");
  CHECK(model.diagnostics[0].where == "'x'");
  CHECK(model.diagnostics[1].where == "'block.count'");
}

TEST_CASE("the owner of the weights lives as long as the model") {
  auto text = parse_program(R"(
input x f32 2 3
weight p_a a f32 3 3
linear = aten.linear.default input=x weight=p_a -> f32 2 3
output y linear
)");
  auto owner = std::make_shared<ov::Tensor>(text.program.weights[0].data);
  std::weak_ptr<ov::Tensor> watch = owner;
  text.program.weights[0].data =
      ov::Tensor(ov::element::f32, ov::Shape{3, 3}, owner->data<float>());
  text.program.owner = std::move(owner);
  octet::Model model = lower(text.program);
  text = {};
  CHECK_FALSE(watch.expired());
  const auto clone = model.graph->clone();
  model = {};
  CHECK_FALSE(watch.expired());
}
