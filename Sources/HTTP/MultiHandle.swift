internal import CCurl

/// The owner of one `CURLM *`: connections, name look-ups and TLS sessions that all transfers share.
@safe final class MultiHandle: @unchecked Sendable {
    // Safe because only the event loop's thread calls anything but `wake`, which libcurl allows from every thread, and
    // the handle is freed once nobody refers to it.
    private let raw: UnsafeMutableRawPointer

    init?() {
        guard Self.libraryIsReady, let raw = unsafe curl_multi_init() else { return nil }
        unsafe self.raw = raw
        set(CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX)
        set(CURLMOPT_MAX_CONCURRENT_STREAMS, 100)
        // Else connections are thrown away whenever few transfers are left.
        set(CURLMOPT_MAXCONNECTS, 64)
    }

    deinit { unsafe curl_multi_cleanup(raw) }

    func wake() { unsafe curl_multi_wakeup(raw) }

    func add(_ transfer: Transfer) -> Bool {
        unsafe transfer.withRaw { unsafe curl_multi_add_handle(raw, $0) == CURLM_OK }
    }

    func remove(_ transfer: Transfer) {
        unsafe transfer.withRaw { _ = unsafe curl_multi_remove_handle(raw, $0) }
    }

    /// Moves all transfers on as far as they go; false where libcurl itself has failed.
    func perform() -> Bool {
        var running: Int32 = 0
        return unsafe curl_multi_perform(raw, &running) == CURLM_OK
    }

    /// A transfer that has ended, and how.
    func nextEnded() -> (Transfer, CURLcode)? {
        var code = CURLE_OK
        guard let handle = unsafe ccurl_multi_next_ended(raw, &code), let transfer = unsafe Transfer.of(handle) else {
            return nil
        }
        return (transfer, code)
    }

    /// Waits for the network, for a wake-up, or for so long.
    func wait(milliseconds: Int32) { unsafe curl_multi_poll(raw, nil, 0, milliseconds, nil) }

    private func set(_ option: CURLMoption, _ value: Int) { unsafe ccurl_multi_set_long(raw, option, value) }

    /// The library is made ready once in a process, before there are threads that use it.
    private static let libraryIsReady =
        curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK && LiveLoops.stopAtExit()
}
