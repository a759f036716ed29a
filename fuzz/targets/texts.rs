#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tallystick_server::template::fuzz::texts(data);
});
