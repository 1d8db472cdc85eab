#include <filesystem>

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/data_flags.hpp"
#include "octet/differences.hpp"
#include "octet/report.hpp"

namespace octet::cli {
namespace {

class Compare : public Command {
 public:
  const char* name() const override { return "compare"; }
  const char* summary() const override {
    return "what differs between two models or two recipes: outputs, layers, which scale moved";
  }
  const char* examples() const override {
    return "Examples:\n"
           "  octet compare resnet18.pt2 resnet18_int8.xml --data photos --samples 50\n"
           "  octet compare int8_old.xml int8_new.xml --data samples.npy --json\n"
           "  octet compare old_recipe.json new_recipe.json\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("FIRST", first_, "a model, or a recipe (.json)")->required();
    app.add_option("SECOND", second_, "another one")->required();
    data_.declare(app, false);
    app.add_option("--samples", samples_, "samples to compare the outputs on")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000));
    app.add_option("--device", options_.device, "OpenVINO device")->capture_default_str();
    app.add_option("--precision", options_.precision,
                   "of what is not INT8: f32, bf16, f16, or auto: the plugin's choice")
        ->type_name("WORD")
        ->capture_default_str();
    app.add_option("--threads", options_.threads, "0: the plugin's choice")
        ->type_name("N")
        ->capture_default_str();
    app.add_flag("--json", json_, "print as JSON");
  }

  void run(Interrupt&) override {
    if (is_recipe(first_) != is_recipe(second_))
      throw Error(ErrorCode::invalid_argument, "command", "",
                  "a recipe cannot be compared with a model", "Give two models or two recipes");
    if (is_recipe(first_))
      print(differences(load_recipe(first_), load_recipe(second_)));
    else
      compare_models();
  }

 private:
  static bool is_recipe(const std::string& path) {
    return std::filesystem::path(path).extension() == ".json";
  }
  void compare_models() {
    if (!data_.is_given())
      throw Error(ErrorCode::invalid_argument, "command", "", "--data is required for models",
                  "Give a folder of images, an .npy or an .npz");
    const Model first = load(first_), second = load(second_);
    const auto data = data_.open(first, samples_);
    print(differences(first, second, *data, samples_, options_));
    cli::print(data->diagnostics(), json_);
  }
  template <typename Differences>
  void print(const Differences& found) const {
    cli::print(json_ ? report::differences_json(found) : report::differences_text(found));
  }

  std::string first_, second_;
  std::size_t samples_ = 32;
  RunOptions options_;
  DataFlags data_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> compare_command() {
  return std::make_unique<Compare>();
}

}  // namespace octet::cli
