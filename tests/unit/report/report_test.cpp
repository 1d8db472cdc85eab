#include "octet/report.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/parameter.hpp>

#include "report/number.hpp"
#include "report/table.hpp"

using namespace octet;
using report::Table;

namespace {

const std::vector<LayerDecision> layers = {
    {"conv2d", "Convolution", "int8", "inputs quantized"},
    {"add_1", "Add", "int8", "inputs quantized"},
    {"linear", "MatMul", "float", "ignored: name 'fc'"},
};

Model model_with_sources() {
  Model model;
  model.format = "pt2";
  model.sources.set("conv2d", {"conv2d", "layer1.0.conv1", "torch.nn.modules.conv.Conv2d",
                               "aten.conv2d.default", "resnet.py:98"});
  model.sources.set("add_1", {"add_1", "layer1.0", "", "aten.add.Tensor", ""});
  model.sources.set("linear", {"linear", "fc", "", "aten.linear.default", ""});
  return model;
}

BenchmarkResult result_of(double milliseconds, const std::string& precision) {
  BenchmarkResult result;
  result.median_ms = milliseconds;
  result.p10_ms = milliseconds / 2;
  result.p90_ms = milliseconds * 2;
  result.throughput = 1000 / milliseconds;
  result.iterations = 7;
  result.compile_ms = 40;
  result.layers = {{"a", {"conv2d"}, "Convolution", precision, "kernel", 0.5},
                   {"b", {"x"}, "Convolution", "f32", "kernel", 0.25}};
  return result;
}

}  // namespace

TEST_CASE("columns line up whatever the script") {
  CHECK(report::display_width("abc") == 3);
  CHECK(report::display_width("größe") == 5);
  CHECK(report::display_width("e\xCC\x81") == 1);  // e and a combining accent
  CHECK(report::display_width("画像") == 4);
  CHECK(report::display_width("\xFF\xC3") == 2);  // no UTF-8
  CHECK(report::display_width("\xE4\xBD") == 2);  // cut in a character
  Table table({{"name"}, {"n", Table::Align::right}});
  table.add({"größe", "1"});
  table.add({"画像", "23"});
  table.add_heading("group");
  table.add({"a\tb\n"});
  CHECK(table.text() ==
        "name    n\n"
        "größe   1\n"
        "画像   23\n"
        "group\n"
        "a b\n");
  CHECK(Table({{""}, {""}}).text().empty());
}

TEST_CASE("numbers keep about three digits") {
  CHECK(report::short_number(123.4) == "123");
  CHECK(report::short_number(12.34) == "12.3");
  CHECK(report::short_number(1.234) == "1.23");
  CHECK(report::short_number(0.01234) == "0.0123");
  CHECK(report::short_number(0) == "0");
  CHECK(report::number(std::numeric_limits<double>::infinity(), 1) == "inf");
}

TEST_CASE("the tree counts the layers of each module") {
  Model model = model_with_sources();
  model.sources.set("add_1", {"add_1", "layer1.0", "Block", "aten.add.Tensor", ""});
  model.sources.set("linear", {"linear", "", "Net", "aten.linear.default", ""});
  model.sources.set("/head/head.0/Gemm", {"", "/head/head.0/Gemm", "", "Gemm", ""});
  std::vector<LayerDecision> more = layers;
  more.push_back({"/head/head.0/Gemm", "MatMul", "float", "op is not quantizable"});
  more.push_back({"block.mul", "Multiply", "float", "op is not quantizable"});
  more.push_back({"block.add", "Multiply", "float", "op is not quantizable"});
  CHECK(report::tree_text(model, more) ==
        "module       int8  float  operations  why in float\n"
        "(model)         2      4  linear      ignored: name 'fc'\n"
        "  layer1        2\n"
        "    0           2         add\n"
        "      conv1     1         conv2d\n"
        "  head                 1\n"
        "    head.0             1  Gemm        op is not quantizable\n"
        "  block                2  Multiply    op is not quantizable (2)\n");
  CHECK(report::tree_text(model, more, 1) ==
        "module    int8  float  operations   why in float\n"
        "(model)      2      4  linear       ignored: name 'fc'\n"
        "  layer1     2         conv2d, add\n"
        "  head              1  Gemm         op is not quantizable\n"
        "  block             2  Multiply     op is not quantizable (2)\n");
}

TEST_CASE("the graph in Graphviz's language has no constants, and quotes names") {
  const auto x = std::make_shared<ov::op::v0::Parameter>(ov::element::f32, ov::Shape{1, 3});
  const auto weight = ov::op::v0::Constant::create(ov::element::f16, {3, 3}, {1});
  const auto wide = std::make_shared<ov::op::v0::Convert>(weight, ov::element::f32);
  const auto product = std::make_shared<ov::op::v0::MatMul>(x, wide);
  x->set_friendly_name("x");
  product->set_friendly_name("a.\"b\\");
  Model model = from_ov_model(
      std::make_shared<ov::Model>(ov::OutputVector{product}, ov::ParameterVector{x}, "net"));
  const std::string dot =
      report::layers_dot(model, {{"a.\"b\\", "MatMul", "float", "ignored: name 'a'"}});
  const auto has = [&](const char* text) { return dot.find(text) != std::string::npos; };
  CHECK(dot.starts_with("digraph \"net\" {\n"));
  CHECK(has("n0 [label=\"x\\nParameter [1,3]\", fillcolor=\"#e6e6e6\", shape=ellipse];\n"));
  CHECK(has("  subgraph \"cluster/a\" {\n    label=\"a\";\n"));
  CHECK(
      has("    n1 [label=\"a.\\\"b\\\\\\nMatMul [1,3]\", fillcolor=\"#fdd0a2\", "
          "tooltip=\"float: ignored: name 'a'\"];\n"));
  CHECK(has("  n0 -> n1;\n"));
  CHECK(has("  n1 -> n2;\n"));
  CHECK_FALSE(has("Constant"));
  CHECK_FALSE(has("Convert"));
}

TEST_CASE("layers are listed by module, in the user's words") {
  CHECK(report::layers_text(model_with_sources(), layers) ==
        "layer    operation  precision  reason\n"
        "layer1.0\n"
        "  conv1  conv2d     int8       inputs quantized\n"
        "  add_1  add        int8       inputs quantized\n"
        "fc       linear     float      ignored: name 'fc'\n"
        "\n"
        "3 layers: 2 int8, 1 float\n"
        "  1 float: ignored: name 'fc'\n");
  const auto json = nlohmann::json::parse(report::layers_json(model_with_sources(), layers));
  CHECK(json["counts"]["int8"] == 2);
  CHECK(json["counts"]["float"] == 1);
  CHECK(json["layers"][0]["module"] == "layer1.0.conv1");
  CHECK(json["layers"][0]["source"] == "resnet.py:98");
  CHECK_FALSE(json["layers"][1].contains("source"));
  // Without a source map, the names of the graph.
  CHECK(report::layers_text({}, layers).find("conv2d  Convolution") != std::string::npos);
}

TEST_CASE("a result tells what was written, and its JSON carries every warning") {
  QuantizeResult result;
  result.layers = layers;
  result.samples = 300;
  result.stage_seconds = {{"calibration", 1.5}, {"apply", 0.25}};
  result.diagnostics = {{Diagnostic::Severity::warning, "statistics", "dead_channel",
                         "node 'a\xFF'", "3 channels are always 0", "Nothing"}};
  const std::string text = report::quantize_text(result, {"a.pt2", "b.xml", "", 4000000, 1000000});
  CHECK(text ==
        "model    b.xml\n"
        "layers   2 of 3 in int8 (octet inspect shows each)\n"
        "size     4.0 MB -> 1.0 MB (25 %)\n"
        "samples  300\n"
        "time     1.8 s\n");
  const auto json = nlohmann::json::parse(report::quantize_json(result, {"a.pt2", "b.xml", ""}));
  CHECK(json["diagnostics"][0]["code"] == "dead_channel");
  CHECK(json["diagnostics"][0]["severity"] == "warning");
  CHECK(json["seconds"]["calibration"] == 1.5);
  CHECK(json["samples"] == 300);
  CHECK_FALSE(json.contains("recipe"));
}

TEST_CASE("a profile lists parts below their stage, with shares of the clock") {
  QuantizeResult result;
  result.stage_seconds = {{"calibration", 1.5}, {"emission", 0.5}};
  result.profile = {{"calibration", 1.5, 2.5},
                    {"calibration/wait", 1, 0.25},
                    {"emission", 0.5, 0.5},
                    {"calibration/measure", 0, 0.125}};
  CHECK(report::profile_text(result) ==
        "stage        time (s)  processor (s)  share\n"
        "calibration     1.500          2.500   75 %\n"
        "  wait          1.000          0.250   50 %\n"
        "  measure           -          0.125      -\n"
        "emission        0.500          0.500   25 %\n");
  const auto json = nlohmann::json::parse(report::quantize_json(result, {}));
  CHECK(json["profile"][1]["stage"] == "calibration/wait");
  CHECK(json["profile"][3]["processor_seconds"] == 0.125);
}

TEST_CASE("two models are compared by how many times faster the second is") {
  const std::vector<report::NamedBenchmark> pair = {{"fp32", result_of(4, "f32")},
                                                    {"int8", result_of(2, "u8")}};
  const std::string text = report::benchmark_text(pair);
  CHECK(text.find("latency, median (ms)           4.00  2.00   2.00x") != std::string::npos);
  CHECK(text.find("throughput (items/s)            250   500   2.00x") != std::string::npos);
  CHECK(text.find("Convolution  2 f32  1 f32, 1 u8") != std::string::npos);
  const auto json = nlohmann::json::parse(report::benchmark_json(pair));
  CHECK(json["ratio"]["latency"] == 2.0);
  CHECK(json["models"][1]["kinds"][0]["precisions"]["u8"] == 1);
  CHECK(json["models"][1]["kinds"][0]["ms"] == 0.75);
  const auto alone = nlohmann::json::parse(report::benchmark_json({pair[0]}));
  CHECK_FALSE(alone.contains("ratio"));
}

TEST_CASE("an infinite ratio is null in JSON") {
  Comparison comparison;
  comparison.samples = 2;
  comparison.outputs = {{"y", 1, std::numeric_limits<double>::infinity(), 0, 0.5}, {"z"}};
  const auto json = nlohmann::json::parse(report::comparison_json(comparison));
  CHECK(json["outputs"][0]["sqnr_db"].is_null());
  CHECK(json["outputs"][0]["top1_agreement"] == 0.5);
  CHECK_FALSE(json["outputs"][1].contains("top1_agreement"));
  CHECK(report::comparison_text(comparison).find("50.0 %") != std::string::npos);
}
