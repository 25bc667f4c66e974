import CCurl
import Glibc
import Testing

@testable import HTTPClient

@Suite struct CurlFailureTests {
    private func failure(_ systemError: Int32, sent: Bool) -> HTTPError {
        CurlFailure.error(
            CURLE_COULDNT_CONNECT,
            systemError: systemError,
            isConnected: false,
            message: "",
            sent: sent
        )
    }

    @Test(
        "a lack of local sockets says nothing about the server",
        arguments: [0, EMFILE, ENFILE]
    )
    func noSocket(number: Int32) {
        #expect(failure(number, sent: false).kind == .other)
        #expect(failure(ECONNREFUSED, sent: false).kind == .connect)
    }

    @Test(
        "a second attempt without a socket does not hide that the first was sent",
        arguments: [0, EMFILE, ECONNREFUSED]
    )
    func noSocketForSecondAttempt(number: Int32) {
        #expect(failure(number, sent: true).requestMayHaveBeenSent)
        #expect(!failure(number, sent: false).requestMayHaveBeenSent)
    }
}
