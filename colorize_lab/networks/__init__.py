"""Networks: which there are, how they get here, and what they say of a photo's lightness."""

from colorize_lab.networks.blend import (
    Part,
    choose_parts,
    describe_blend,
    find_own_or_named,
    hash_blend,
)
from colorize_lab.networks.custom import custom_network
from colorize_lab.networks.device import CPU, Device
from colorize_lab.networks.engines import ENGINE_NAMES, EngineChoice, choose_engine
from colorize_lab.networks.fetch import add_network, fetch_network
from colorize_lab.networks.files import read_bins
from colorize_lab.networks.input import measure_lightness, network_size, shrink_lightness
from colorize_lab.networks.inspect import Inspection, inspect_file
from colorize_lab.networks.load import load_files
from colorize_lab.networks.network import Network
from colorize_lab.networks.registry import (
    InstalledNetwork,
    choose_network,
    find_network,
    find_spec,
    installed_networks,
    load_registry,
    user_networks_dir,
)
from colorize_lab.networks.spec import NetworkSpec
from colorize_lab.networks.verify import (
    NetworkRow,
    Verification,
    WeightsState,
    list_networks,
    verify_network,
    verify_networks,
)

__all__ = [
    "CPU",
    "ENGINE_NAMES",
    "Device",
    "EngineChoice",
    "Inspection",
    "InstalledNetwork",
    "Network",
    "NetworkRow",
    "NetworkSpec",
    "Part",
    "Verification",
    "WeightsState",
    "add_network",
    "choose_engine",
    "choose_network",
    "choose_parts",
    "custom_network",
    "describe_blend",
    "fetch_network",
    "find_network",
    "find_own_or_named",
    "find_spec",
    "hash_blend",
    "inspect_file",
    "installed_networks",
    "list_networks",
    "load_files",
    "load_registry",
    "measure_lightness",
    "network_size",
    "read_bins",
    "shrink_lightness",
    "user_networks_dir",
    "verify_network",
    "verify_networks",
]
