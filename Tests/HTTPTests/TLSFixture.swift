/// A certificate authority and a server for these tests alone, made with the Python package `cryptography`; both hold
/// until 2126.
enum TLSFixture {
    /// The certificate of the authority.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBaTCCARCgAwIBAgIBATAKBggqhkjOPQQDAjAiMSAwHgYDVQQDDBdpZGJyaWRn
        ZSB0ZXN0IGF1dGhvcml0eTAgFw0yNjAxMDEwMDAwMDBaGA8yMTI2MDEwMTAwMDAw
        MFowIjEgMB4GA1UEAwwXaWRicmlkZ2UgdGVzdCBhdXRob3JpdHkwWTATBgcqhkjO
        PQIBBggqhkjOPQMBBwNCAAQ0NMxfXnfk9OkX40cSSmgqK3XN8h6k4hmZJ9S3VO2k
        xocFykV4JLXwaHIF4jpSh33fu6gZwxPlr2Tx9v5B5LitozUwMzASBgNVHRMBAf8E
        CDAGAQH/AgEAMB0GA1UdDgQWBBRVTLhcY7r3+3U1mOynahZ79HMu+TAKBggqhkjO
        PQQDAgNHADBEAiA5Z7qZ1uej82EUiQCNf0ahPhxYi00uQ9upIMRhnr27hgIgWu/X
        97wBUd7dVdGGiY7E4AadgvjrSZlVGeXcFII7aVs=
        -----END CERTIFICATE-----

        """
    /// The certificate of a server on `localhost` and 127.0.0.1, with its key.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCARqgAwIBAgIBAjAKBggqhkjOPQQDAjAiMSAwHgYDVQQDDBdpZGJyaWRn
        ZSB0ZXN0IGF1dGhvcml0eTAgFw0yNjAxMDEwMDAwMDBaGA8yMTI2MDEwMTAwMDAw
        MFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
        QgAEvA0wJv52RAe/ztP71F7lUbU4TJhRKz/xYMrIOXXwmurbWOZil9si4PHVtxF8
        5JuqWT5ENwrVmzGkI+UDxK8LKaNNMEswDAYDVR0TAQH/BAIwADAaBgNVHREEEzAR
        gglsb2NhbGhvc3SHBH8AAAEwHwYDVR0jBBgwFoAUVUy4XGO69/t1NZjsp2oWe/Rz
        LvkwCgYIKoZIzj0EAwIDSAAwRQIgdvlujUjFq4+nRvF72UoXtNRBMVrT3Ezozkqg
        XUag/G4CIQC7LGwjO7YkvBNxL49n8iNTo0ZStFYWy1pD9ekT3zlI3g==
        -----END CERTIFICATE-----
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkPvvaqh0q0HWSWa9
        mhIwX7kz3/HXjNX8SSVfEL6FhxihRANCAAS8DTAm/nZEB7/O0/vUXuVRtThMmFEr
        P/Fgysg5dfCa6ttY5mKX2yLg8dW3EXzkm6pZPkQ3CtWbMaQj5QPErwsp
        -----END PRIVATE KEY-----

        """
}
