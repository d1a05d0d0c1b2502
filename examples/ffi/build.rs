//! The shared library's own name, with the version of its interface in it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // `nodelete`: a gate that follows a ledger has a thread, whose code must not be unloaded under it.
    println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libdialgate.so.1");
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
