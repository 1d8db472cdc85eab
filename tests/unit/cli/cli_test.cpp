#include <doctest/doctest.h>

#include "../io/zip_writer.hpp"
#include "cli/advanced_json.hpp"
#include "cli/console.hpp"
#include "cli/output_file.hpp"
#include "cli/progress_line.hpp"
#include "cli/words.hpp"

using namespace octet;

namespace {

template <typename Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string refused(const std::string& json) {
  return error_of([&] { cli::parse_advanced(json); });
}

}  // namespace

TEST_CASE("the words of options do not depend on case, and the nearest is suggested") {
  CHECK(cli::parse_word<TargetDevice>("CPU-SPR", "") == TargetDevice::cpu_spr);
  CHECK(cli::parse_word<Preset>("mixed", "") == Preset::mixed);
  CHECK(error_of([] { cli::parse_word<Preset>("mixd", "option '--preset'"); }) ==
        "[command] option '--preset': 'mixd' is none of performance, mixed. Did you mean 'mixed'?");
  CHECK(error_of([] { cli::parse_word<Preset>("perf", ""); }).find("'performance'?") !=
        std::string::npos);
}

TEST_CASE("advanced parameters are read by the names of the Python API") {
  const AdvancedParameters all = cli::parse_advanced(R"({
    "overflow_fix": "FIRST_LAYER", "quantize_outputs": true, "inplace_statistics": false,
    "disable_channel_alignment": false, "disable_bias_correction": true,
    "batchwise_statistics": true,
    "activations_quantization_params": {"num_bits": 8, "mode": "asymmetric", "per_channel": false,
                                        "signedness_to_force": true, "narrow_range": true},
    "weights_quantization_params": {"mode": "symmetric"},
    "quantizer_propagation_rule": "merge_if_all_branches_same",
    "activations_range_estimator_params": {
      "min": {"statistics_type": "quantile", "aggregator_type": "mean",
              "quantile_outlier_prob": 0.01, "clipping_value": 2.5},
      "max": {"statistics_type": "max"}},
    "weights_range_estimator_params": {"max": {"aggregator_type": "histogram"}},
    "bias_correction_params": {"apply_for_all_nodes": true, "threshold": 3},
    "smooth_quant_alphas": {"convolution": 0.5, "matmul": -1},
    "backend_params": {"compress_weights": false, "text": "a"}})");
  CHECK(all.overflow_fix == OverflowFix::first_layer);
  CHECK(all.quantize_outputs);
  CHECK_FALSE(all.inplace_statistics);
  CHECK_FALSE(all.disable_channel_alignment);
  CHECK(all.disable_bias_correction);
  CHECK(all.batchwise_statistics == true);
  CHECK(all.activations_quantization_params.num_bits == 8);
  CHECK(all.activations_quantization_params.mode == QuantizationMode::asymmetric);
  CHECK(all.activations_quantization_params.per_channel == false);
  CHECK(all.activations_quantization_params.signedness_to_force == true);
  CHECK(all.activations_quantization_params.narrow_range == true);
  CHECK(all.weights_quantization_params.mode == QuantizationMode::symmetric);
  CHECK_FALSE(all.weights_quantization_params.num_bits.has_value());
  CHECK(all.quantizer_propagation_rule == PropagationRule::merge_if_all_branches_same);
  const auto& min = all.activations_range_estimator_params.min;
  CHECK(min.statistics_type == StatisticsType::quantile);
  CHECK(min.aggregator_type == AggregatorType::mean);
  CHECK(min.quantile_outlier_prob == 0.01);
  CHECK(min.clipping_value == 2.5F);
  CHECK(all.activations_range_estimator_params.max.statistics_type == StatisticsType::max);
  CHECK(all.weights_range_estimator_params.max.aggregator_type == AggregatorType::histogram);
  CHECK(all.bias_correction_params.apply_for_all_nodes);
  CHECK(all.bias_correction_params.threshold == 3);
  CHECK(all.smooth_quant_alphas.convolution == 0.5);
  CHECK(all.smooth_quant_alphas.matmul == -1);
  CHECK(all.backend_params.at("compress_weights") == "false");
  CHECK(all.backend_params.at("text") == "a");
  CHECK_FALSE(cli::parse_advanced(R"({"overflow_fix": null})").overflow_fix.has_value());

  const TemporaryFolder folder;
  write_bytes(folder / "a.json", R"({"quantize_outputs": true})");
  CHECK(cli::parse_advanced((folder / "a.json").string()).quantize_outputs);
}

TEST_CASE("mistakes in advanced parameters are named with their place") {
  CHECK(refused("{\"a\"") == "[command] option '--advanced', the JSON: it is not valid.");
  CHECK(refused("none.json").find("neither JSON nor a file") != std::string::npos);
  CHECK(refused(R"({"overflow_fx": 1})") ==
        "[command] option '--advanced', the JSON: there is no 'overflow_fx'. Did you mean "
        "'overflow_fix'?");
  CHECK(refused(R"({"weights_quantization_params": {"mod": 1}})") ==
        "[command] option '--advanced', weights_quantization_params: there is no 'mod'. Did you "
        "mean 'mode'?");
  CHECK(refused(R"({"quantize_outputs": 1})") ==
        "[command] option '--advanced', quantize_outputs: it is neither true nor false.");
  CHECK(refused(R"({"overflow_fix": "of"})").find("is none of enable, first_layer, disable") !=
        std::string::npos);
  CHECK(refused(R"({"weights_quantization_params": {"num_bits": 99999999999}})")
            .find("it is no whole number") != std::string::npos);
  CHECK(refused(R"({"bias_correction_params": {"threshold": "a"}})")
            .find("threshold: it is no number") != std::string::npos);
  CHECK(refused(R"({"smooth_quant_alphas": 3})").find("it is no object") != std::string::npos);
}

TEST_CASE("progress shows how far, how fast and how long") {
  CHECK(cli::progress_text({"placement", 0, 0}, 3) == "placement");
  CHECK(cli::progress_text({"calibration", 120, 300}, 4) ==
        "calibration  120/300   40 %  30.0/s  0:06 left");
  CHECK(cli::progress_text({"calibration", 1, 601}, 1) ==
        "calibration  1/601    0 %  1.0/s  10:00 left");
  CHECK(cli::progress_text({"calibration", 7, 0}, 2) == "calibration  7   3.5/s");
}

TEST_CASE("a command can be pasted back into a shell") {
  const char* words[] = {"/usr/bin/octet", "quantize", "my model.pt2", "--mean", "0.5,0.5",
                         "it's",           ""};
  CHECK(cli::command_line(7, words) ==
        "octet quantize 'my model.pt2' --mean 0.5,0.5 'it'\\''s' ''");
}

TEST_CASE("outputs are checked before work begins, and leave nothing behind") {
  const TemporaryFolder folder;
  write_bytes(folder / "in.xml", "model");
  write_bytes(folder / "in.bin", "weights");
  cli::check_model_output(folder / "out.xml", folder / "in.xml");
  CHECK(std::distance(std::filesystem::directory_iterator(folder / ""), {}) == 2);
  CHECK(error_of([&] {
          cli::check_model_output(folder / "in.xml", folder / "in.xml");
        }).find("it is what is read") != std::string::npos);
  CHECK(error_of([&] {
          cli::check_model_output(folder / "out.onnx", folder / "in.xml");
        }).find("has the extension .xml") != std::string::npos);
  CHECK(error_of([&] {
          cli::check_model_output(folder / "no/out.xml", folder / "in.xml");
        }).find("could not be created") != std::string::npos);
  std::filesystem::create_directory(folder / "dir.xml");
  CHECK(error_of([&] {
          cli::check_model_output(folder / "dir.xml", folder / "in.xml");
        }).find("a folder has this name") != std::string::npos);
  CHECK(cli::model_bytes(folder / "in.xml") == 12);
  CHECK(cli::model_bytes(folder / "none.pt2") == 0);
}
