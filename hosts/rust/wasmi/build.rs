// Cargo tells a program only its own version: the engine's stands in the lock file.
fn main() {
    let lock = std::fs::read_to_string("../Cargo.lock").unwrap_or_default();
    let version = lock.split("[[package]]").find_map(|package| {
        package.trim().strip_prefix("name = \"wasmi\"\nversion = \"")?.split('"').next()
    });
    println!("cargo:rustc-env=WASMI_VERSION={}", version.unwrap_or("unknown"));
    println!("cargo:rerun-if-changed=../Cargo.lock");
}
