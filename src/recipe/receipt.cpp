#include "recipe/receipt.hpp"

namespace octet::recipe {

std::map<std::string, std::string> receipt_of(const ov::Model& quantized) {
  std::map<std::string, std::string> receipt;
  if (!quantized.has_rt_info("octet", "model_fingerprint")) return receipt;
  for (const char* key : {"octet_version", "openvino_version", "model_fingerprint"})
    if (quantized.has_rt_info("octet", key))
      receipt[key] = quantized.get_rt_info<std::string>("octet", key);
  if (!quantized.has_rt_info("octet", "provenance")) return receipt;
  for (const auto& [key, value] : quantized.get_rt_info<ov::AnyMap>("octet", "provenance"))
    receipt["provenance." + key] = value.as<std::string>();
  return receipt;
}

}  // namespace octet::recipe
