#include "emit/openvino_ir.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "algorithms/algorithm.hpp"
#include "core/atomic_file.hpp"
#include "octet/recipe.hpp"
#include "recipe/apply.hpp"
#include "recipe/weighted_op.hpp"
#include "unit/recipe/graphs.hpp"

using namespace octet;
using namespace octet::test;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("octet_emit_" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

std::string content(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Model network() {
  Graph g;
  const auto conv =
      convolution(g, "conv", g.input("x", {-1, 64, 6, 6}), g.constant("w", {64, 64, 3, 3}));
  return g.model({g.op<ov::op::v0::Relu>("relu", conv)});
}

Model quantized(const Model& model) {
  Recipe recipe;
  recipe.octet_version = "0.1.0";
  recipe.model_fingerprint = fingerprint(model);
  recipe.provenance = {{"preset", "mixed"}};
  recipe.edits = {QuantizeActivation{
                      "x/quantizer", {"x", 0}, {{"conv", 0}}, {}, {}, {}, {{-1.0F}, {1.0F}, 256}},
                  QuantizeWeight{"w/quantizer",
                                 {"conv", 1},
                                 "w",
                                 {8, QuantizationMode::symmetric, false, true, true},
                                 {},
                                 {{-1.0F}, {1.0F}, 255}}};
  return apply(model, recipe);
}

/// The library's promise: an error, and nothing left in the folder.
void check_refused(const Folder& folder, const fs::path& path, ErrorCode code) {
  const std::size_t before = folder.files();
  try {
    save(network(), path);
    FAIL_CHECK("it was written");
  } catch (const Error& error) {
    CHECK(error.code() == code);
    CHECK(error.where().find(path.parent_path().string()) != std::string::npos);
    CHECK_FALSE(error.remedy().empty());
  }
  CHECK(folder.files() == before);
}

}  // namespace

TEST_CASE("a saved model loads, computes the same and says what made it") {
  const Folder folder;
  const Model model = quantized(network());
  save(model, folder.path() / "m.xml");
  CHECK(folder.files() == 2);
  ov::Core core;
  const auto loaded = core.read_model(folder.path() / "m.xml");
  loaded->reshape({1, 64, 6, 6});
  const auto original = model.graph->clone();
  original->reshape({1, 64, 6, 6});
  CHECK(infer(loaded)[0] == infer(original)[0]);
  CHECK(loaded->get_rt_info<std::string>("octet", "provenance", "preset") == "mixed");
  CHECK(loaded->get_rt_info<std::string>("octet", "octet_version") == "0.1.0");
  CHECK(loaded->get_rt_info<std::string>("octet", "model_fingerprint") == fingerprint(network()));
}

TEST_CASE("a saved model remembers where its nodes came from, without the folders") {
  const Folder folder;
  Model model = network();
  model.sources.set("conv", {"conv", "layer1.conv", "torch.nn.Conv2d", "aten.conv2d.default",
                             "/home/somebody/resnet.py:98"});
  save(model, folder.path() / "m.xml");
  const Model loaded = load(folder.path() / "m.xml");
  CHECK(loaded.sources.describe("conv") == "node 'layer1.conv' (resnet.py:98)");
  CHECK(content(folder.path() / "m.xml").find("somebody") == std::string::npos);
}

TEST_CASE("the same model gives the same bytes, and an INT8 file is under 30 % of FP32's") {
  const Folder folder;
  save(quantized(network()), folder.path() / "a.xml");
  save(quantized(network()), folder.path() / "b.xml");
  save(network(), folder.path() / "fp32.xml");
  CHECK(content(folder.path() / "a.xml") == content(folder.path() / "b.xml"));
  CHECK(content(folder.path() / "a.bin") == content(folder.path() / "b.bin"));
  CHECK(fs::file_size(folder.path() / "a.bin") < 0.3 * fs::file_size(folder.path() / "fp32.bin"));
}

TEST_CASE("every kind of layer runs on integers after the way through a file") {
  Graph g;
  const ov::Strides one = {1, 1}, two = {2, 2};
  const ov::CoordinateDiff pad = {1, 1};
  const auto relu = [&](const std::string& name, const ov::Output<ov::Node>& x) {
    return g.op<ov::op::v0::Relu>(name, x);
  };
  const auto x = g.input("x", {1, 16, 12, 12});
  const auto conv = relu("a", convolution(g, "conv", x, g.constant("conv.w", {32, 16, 3, 3})));
  const auto norm = g.batch_norm(
      "norm", convolution(g, "conv_norm", conv, g.constant("conv_norm.w", {32, 32, 3, 3})), 32);
  const auto depthwise =
      relu("c", g.op<ov::op::v1::GroupConvolution>("depthwise", relu("b", norm),
                                                   g.constant("depthwise.w", {32, 1, 1, 3, 3}), one,
                                                   pad, pad, one));
  const auto grouped =
      relu("d", g.op<ov::op::v1::GroupConvolution>("grouped", depthwise,
                                                   g.constant("grouped.w", {2, 16, 16, 3, 3}), one,
                                                   pad, pad, one));
  const auto transposed =
      relu("e", g.op<ov::op::v1::ConvolutionBackpropData>(
                    "transposed", grouped, g.constant("transposed.w", {32, 16, 2, 2}), two,
                    ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0}, one));
  const auto shape = ov::op::v0::Constant::create(ov::element::i64, {2}, {1, -1});
  const auto flat = g.op<ov::op::v1::Reshape>("flat", transposed, g.named(shape, "shape"), false);
  const Model model = g.model(
      {g.op<ov::op::v0::MatMul>("linear", flat, g.constant("linear.w", {10, 9216}), false, true)});

  Recipe recipe;
  recipe.octet_version = "0.1.0";
  recipe.model_fingerprint = fingerprint(model);
  recipe.edits = algorithms::fold_batch_norms(model);
  const Model folded = recipe::apply_edits(model, recipe.edits);
  for (const auto& layer : folded.graph->get_ordered_ops()) {
    const auto op = recipe::weighted_op(*layer);
    if (!op) continue;
    const std::string& name = layer->get_friendly_name();
    const std::string source = layer->get_input_node_ptr(op->data_port)->get_friendly_name();
    const float low = source == "x" ? -1.0F : 0.0F;
    recipe.edits.push_back(QuantizeActivation{source + "/quantizer",
                                              {source, 0},
                                              {{name, op->data_port}},
                                              {},
                                              {},
                                              {},
                                              {{low}, {1.0F}, 256}});
    recipe.edits.push_back(
        QuantizeWeight{name + "/weight_quantizer",
                       {name, op->weight_port},
                       layer->get_input_node_ptr(op->weight_port)->get_friendly_name(),
                       {8, QuantizationMode::symmetric, true, true, true},
                       op->output_axes,
                       {std::vector<float>(op->output_channels, -1.0F),
                        std::vector<float>(op->output_channels, 1.0F), 255}});
    recipe.edits.push_back(ShiftBias{name, std::vector<float>(op->output_channels, 0.01F)});
  }
  const Folder folder;
  save(apply(model, recipe), folder.path() / "m.xml");

  ov::Core core;
  const auto compiled = core.compile_model(core.read_model(folder.path() / "m.xml"), "CPU",
                                           {{"INFERENCE_PRECISION_HINT", "f32"}});
  std::size_t layers = 0;
  for (const auto& node : compiled.get_runtime_model()->get_ops()) {
    const auto& info = node->get_rt_info();
    const auto type = info.at("layerType").as<std::string>();
    if (type != "Convolution" && type != "Deconvolution" && type != "FullyConnected") continue;
    const auto precision = info.at("runtimePrecision").as<std::string>();
    CAPTURE(node->get_friendly_name());
    CHECK((precision == "u8" || precision == "i8"));
    ++layers;
  }
  CHECK(layers == 6);
}

TEST_CASE("a model may be saved over the files that it was loaded from") {
  const Folder folder;
  const fs::path path = folder.path() / "m.xml";
  save(network(), path);
  ov::Core core;
  const Model loaded{core.read_model(path), {}, "ir", path.string(), {}};
  save(loaded, path);
  save(network(), folder.path() / "again.xml");
  CHECK(content(folder.path() / "m.bin") == content(folder.path() / "again.bin"));
  CHECK_NOTHROW(load(path));
}

TEST_CASE("an .xml and a .bin of two saves are not taken for one model") {
  const Folder folder;
  const fs::path path = folder.path() / "m.xml";
  save(network(), path);
  fs::copy_file(folder.path() / "m.bin", folder.path() / "first.bin");
  save(quantized(network()), path);
  CHECK_NOTHROW(load(path));
  fs::rename(folder.path() / "first.bin", folder.path() / "m.bin");
  CHECK_THROWS_WITH(load(path), doctest::Contains("is not the file that was saved with it"));
  fs::remove(folder.path() / "m.bin");
  CHECK_THROWS_WITH(load(path), doctest::Contains("'m.bin' beside it is missing"));
}

TEST_CASE(
    "what a killed process left is removed by the next save, what a living one writes is not") {
  const Folder folder;
  const fs::path path = folder.path() / "m.xml";
  std::ofstream(folder.path() / "m.xml.tmp-1-0") << "left";
  std::ofstream(folder.path() / "m.bin.tmp-1-1") << "left";
  std::ofstream(folder.path() / "mine.xml") << "a file of the user";
  core::AtomicFile living("emit", path);
  save(network(), path);
  CHECK(fs::exists(living.temporary()));
  CHECK(fs::exists(folder.path() / "mine.xml"));
  CHECK(folder.files() == 4);  // m.xml, m.bin, mine.xml and the living one
  living.stream() << "new";
  living.commit();
  CHECK(content(path) == "new");
  CHECK(folder.files() == 3);
}

TEST_CASE("what cannot be written is refused and leaves nothing behind") {
  const Folder folder;
  check_refused(folder, folder.path() / "m.onnx", ErrorCode::invalid_argument);
  check_refused(folder, folder.path() / "none" / "m.xml", ErrorCode::output_unwritable);
  fs::create_directories(folder.path() / "folder.xml");
  check_refused(folder, folder.path() / "folder.xml", ErrorCode::output_unwritable);
  fs::create_directories(folder.path() / "other.bin");
  check_refused(folder, folder.path() / "other.xml", ErrorCode::output_unwritable);
}

TEST_CASE("a disk without room is an error and leaves nothing behind") {
  const Folder folder;
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{20000, old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  check_refused(folder, folder.path() / "m.xml", ErrorCode::output_unwritable);
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
}
