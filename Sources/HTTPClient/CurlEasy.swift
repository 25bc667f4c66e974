import CCurl

/// One libcurl easy handle with its error buffer. Must stay on the thread that created it.
///
/// Safe although it holds C pointers: they are private and freed exactly once, in `deinit`. libcurl
/// copies every string option. It does not copy the header list, which therefore lives until the
/// next `reset`.
@safe
final class CurlEasy {
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    /// Whether all options are those of a GET. Another one then sets only those that differ:
    /// setting all of them takes longer than the rest of a short request.
    var isPlainGet = false

    init() throws(HTTPError) {
        guard let handle = unsafe curl_easy_init() else { throw Self.outOfMemory }
        unsafe self.handle = handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headerList)
        unsafe errorText.deallocate()
    }

    static var outOfMemory: HTTPError {
        HTTPError(.other, requestMayHaveBeenSent: false, message: "libcurl: out of memory")
    }

    /// Resets all options to their defaults. Keeps TLS sessions, so that the next handshake is
    /// short.
    func reset() {
        isPlainGet = false
        unsafe curl_easy_reset(handle)
        unsafe curl_slist_free_all(headerList)
        unsafe headerList = nil
        unsafe errorText[0] = 0
        unsafe ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    }

    func set(_ option: CURLoption, _ value: Int) throws(HTTPError) {
        try check(option, unsafe ccurl_set_long(handle, option, value))
    }

    func set(_ option: CURLoption, offset value: Int) throws(HTTPError) {
        try check(option, unsafe ccurl_set_offset(handle, option, curl_off_t(value)))
    }

    /// nil unsets the option, which is not always its default.
    func set(_ option: CURLoption, _ value: String?) throws(HTTPError) {
        try check(option, unsafe ccurl_set_string(handle, option, value))
    }

    func set(body: [UInt8]) throws(HTTPError) {
        try set(CURLOPT_POSTFIELDSIZE_LARGE, offset: body.count)
        let code = unsafe body.withUnsafeBytes { buffer in
            unsafe ccurl_set_pointer(
                handle,
                CURLOPT_COPYPOSTFIELDS,
                UnsafeMutableRawPointer(mutating: buffer.baseAddress)
            )
        }
        try check(CURLOPT_COPYPOSTFIELDS, code)
    }

    func set(headerLines: [String]) throws(HTTPError) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in headerLines {
            guard let longer = unsafe curl_slist_append(list, line) else {
                unsafe curl_slist_free_all(list)
                throw Self.outOfMemory
            }
            unsafe list = longer
        }
        let former = unsafe headerList
        defer { unsafe curl_slist_free_all(former) }
        unsafe headerList = list
        try check(CURLOPT_HTTPHEADER, unsafe ccurl_set_list(handle, CURLOPT_HTTPHEADER, list))
    }

    /// Does not retain `transfer`: its owner must keep it alive while the handle is in the multi
    /// handle.
    func setContext(_ transfer: CurlTransfer) throws(HTTPError) {
        unsafe errorText[0] = 0
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        for option in [CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA] {
            try check(option, unsafe ccurl_set_pointer(handle, option, context))
        }
    }

    func setCallbacks() throws(HTTPError) {
        try check(
            CURLOPT_WRITEFUNCTION,
            unsafe ccurl_set_callback(handle, CURLOPT_WRITEFUNCTION) {
                unsafe CurlEasy.receive($0, $1 * $2, $3) { unsafe $0.receive(body: $1) }
            }
        )
        try check(
            CURLOPT_HEADERFUNCTION,
            unsafe ccurl_set_callback(handle, CURLOPT_HEADERFUNCTION) {
                unsafe CurlEasy.receive($0, $1 * $2, $3) { unsafe $0.receive(headerLine: $1) }
            }
        )
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        unsafe ccurl_get_long(handle, info, &value)
        return value
    }

    func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        unsafe ccurl_get_offset(handle, info, &value)
        return Int(value)
    }

    /// libcurl's message about this failure or, if there is none, its general one for the code.
    /// Control characters are replaced, because the message may quote the peer's certificate.
    func message(for code: CURLcode) -> String {
        let text = unsafe String(cString: errorText)
        guard !text.isEmpty else { return unsafe String(cString: curl_easy_strerror(code)) }
        return String(text.map { $0.isASCII && ($0 < " " || $0 == "\u{7F}") ? "?" : $0 })
    }

    func add(to multi: UnsafeMutableRawPointer) -> CURLMcode {
        unsafe curl_multi_add_handle(multi, handle)
    }

    func remove(from multi: UnsafeMutableRawPointer) {
        unsafe curl_multi_remove_handle(multi, handle)
    }

    /// The transfer that `setCallbacks` attached to an easy handle.
    static func transfer(of handle: UnsafeMutableRawPointer?) -> CurlTransfer? {
        var context: UnsafeMutableRawPointer?
        unsafe ccurl_get_pointer(handle, CURLINFO_PRIVATE, &context)
        return unsafe context.map {
            unsafe Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue()
        }
    }

    /// Passes received bytes to the transfer. Returning anything but `size` makes libcurl abort it.
    private static func receive(
        _ bytes: UnsafeMutablePointer<CChar>?,
        _ size: Int,
        _ context: UnsafeMutableRawPointer?,
        _ accept: (CurlTransfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard size > 0 else { return 0 }
        guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
        let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size)
        return unsafe accept(transfer, buffer) ? size : 0
    }

    private func check(_ option: CURLoption, _ code: CURLcode) throws(HTTPError) {
        guard code != CURLE_OK else { return }
        let text = unsafe String(cString: curl_easy_strerror(code))
        throw HTTPError(
            .other,
            requestMayHaveBeenSent: false,
            message: "libcurl rejected option \(option.rawValue): \(text)"
        )
    }
}
