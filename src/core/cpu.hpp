#pragma once

namespace octet::core {

/// Whether this processor lacks instructions that sum products of 8-bit integers in 32 bits (VNNI
/// or AMX on x86), so that a runtime may sum pairs of them in 16 bits, which overflows.
bool int8_sums_overflow();

}  // namespace octet::core
