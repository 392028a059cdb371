#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checkout_updates_fuzz::servers::webhook(data));
