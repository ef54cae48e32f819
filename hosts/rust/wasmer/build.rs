// The engine's version stands in the lock file; WASI is ours, in C.
fn main() {
    let lock = std::fs::read_to_string("../Cargo.lock").unwrap_or_default();
    let version = lock.split("[[package]]").find_map(|package| {
        package.trim().strip_prefix("name = \"wasmer\"\nversion = \"")?.split('"').next()
    });
    println!("cargo:rustc-env=WASMER_VERSION={}", version.unwrap_or("unknown"));
    println!("cargo:rerun-if-changed=../Cargo.lock");
    let sources = ["guest.c", "files.c", "paths.c"].map(|name| format!("../../wasi/{name}"));
    println!("cargo:rerun-if-changed=../../wasi");
    cc::Build::new().files(sources).std("c11").compile("wasi");
}
