#include "emit/openvino_ir.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "octet/recipe.hpp"
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

TEST_CASE("a model may be saved over the files that it was loaded from") {
  const Folder folder;
  const fs::path path = folder.path() / "m.xml";
  save(network(), path);
  ov::Core core;
  const Model loaded{core.read_model(path), {}, "ir", path.string(), {}};
  save(loaded, path);
  CHECK(content(folder.path() / "m.bin").size() == 4 * 64 * 64 * 9);
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
