/// Keys, certificates and signatures made with the Python package `cryptography` 50 for these tests alone.
enum Fixture {
    /// What was signed.
    static let message = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJpZGJyaWRnZSJ9"
    /// An RSA key of 2048 bits in PKCS#8.
    static let pkcs8 = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCmh33Zk9uOfRm/
        uj7sbnxKhslyNhAukePkNJoCzaNVWNlBGvKTJeHf7pwL1HHYFSZ1FLF43zpEAZib
        4/HYRce8Xr+sEP4YSaZWWA1RxXYV1zV1OeDu7LK9HE/RjhFwmV5nsioRJ66Lq5SX
        19v88W0GmkGQjS8Mb55wPuY3PZhmnmTxZx8pYouNjmIT12AII2ErNoLspUk+1Xlj
        JDmagx8jsZ05/wpUqL6DSVMPTFDh27xzwrEWHJU5bko3iKWVmls3wUKU60UK02M7
        tTLCXH1kPql/0UM8CmjutMKKqAD/2HupGzCMnUNpc0GT++tjHOFsheqAUuKl4Eqt
        0nhmjwAhAgMBAAECggEACnBlaPl+EqtQbSajcaZGZ9SVtbFiZ8zw7HoIqoLSCZRZ
        gB2MlcFS7Lr0MMCnR0yiHcZHjsRtjlxMQP9zxmMvb2VAHizthL+/K9v2r8jRS3Kz
        cO8JJOkVFko7Ta9adATFOHpgbTVf2XUOykr3iR5oP3j1gbZ7+8tWcwJaY52am1oa
        HGbiQbc1w0J+TLwnpyP8nSfL7jTOpM5khBtOrkdf97my6BOaZDYLIG++gyKEFHBn
        8cKBKX14BAX8rH0NCQjJdsusk/VGCscSLJR5gWL2WL3QkiN58pJNk5ABHujD1AlR
        3LKB0wXX5MnA/96Hcwssmi0Bo5e62WGmXC9YsV2iTQKBgQDaIA2xJLUzVQ1ABzXQ
        vKSlTdFgBo7kadRXUJVmGbisCD6ixWqQAFUcwEZJGAqdNsR3fiFpDM7Lkor3jCQl
        V75N2UYezz3U/uaWp/CGQa/2ufVoPBhLy07QMvo0auPWkEqW4klNtIZFa23RL6Ie
        bkh9iivBaewUbYFSqFlp297v/QKBgQDDce6RTBM2kr/xAoYGK8DNNdbadYDJxegc
        EykwuAtBi8pNfJoueWBOpvaUU0LPYpcBBvzPNeWNXSu4FiMt348YUMdrZLoKZO7X
        yMW2V1ysEmL4lB6oNKGaRLRj6XeRR/3Qtejs2/FcI9YgA+ssjnjHsFa2sGb/AT0y
        A7cY/0mP9QKBgBtZM35HZPS3sD6b6NJwJJCZTiwlBlt7LWV5NBImHXJsYjYUXIUL
        laBSNz3I5uPJTx7QUK4ULgV2LThWeN25v6GRIWqRf2YqQ40WJ2Ed8UsVC8Dy7/To
        28vc6GQUFtb7Jm7+lkRI4yDnFFDLER+RokMjRNMuTaxOAo3zj6pnJ++dAoGAZ50n
        FPB33x69k0/7LZpUhHZeiUJyHIZHH1spIyLvFLi/b4T3WFwQqqHpZ4kcikWCOJEz
        xcaVA/S5EMbrr44tln58unqUBp6r4MoXxytZff/haFdeSV5driNuXumO8f5wmQ1X
        hvqzYl29TwvEycJeVb8uuXubnuVRRAqkLyRoI2ECgYB5txkBQVULYZbbanxrzO6V
        0gV6TeqfPM1mq3Sx5OC/P9/BXlWF5fiiEWppmBYUQQitBj/RetZovwAttA2TGoWp
        0NKH31HR2ZGIGldLrt7FCzMRENHRaK0PFrCHXFzXWX99jkLTTrqiie/3DbpgEkP0
        QZp6SSb6la1mAcZuBTMA6w==
        -----END PRIVATE KEY-----

        """
    /// The same key in PKCS#1.
    static let pkcs1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEogIBAAKCAQEApod92ZPbjn0Zv7o+7G58SobJcjYQLpHj5DSaAs2jVVjZQRry
        kyXh3+6cC9Rx2BUmdRSxeN86RAGYm+Px2EXHvF6/rBD+GEmmVlgNUcV2Fdc1dTng
        7uyyvRxP0Y4RcJleZ7IqESeui6uUl9fb/PFtBppBkI0vDG+ecD7mNz2YZp5k8Wcf
        KWKLjY5iE9dgCCNhKzaC7KVJPtV5YyQ5moMfI7GdOf8KVKi+g0lTD0xQ4du8c8Kx
        FhyVOW5KN4illZpbN8FClOtFCtNjO7Uywlx9ZD6pf9FDPApo7rTCiqgA/9h7qRsw
        jJ1DaXNBk/vrYxzhbIXqgFLipeBKrdJ4Zo8AIQIDAQABAoIBAApwZWj5fhKrUG0m
        o3GmRmfUlbWxYmfM8Ox6CKqC0gmUWYAdjJXBUuy69DDAp0dMoh3GR47EbY5cTED/
        c8ZjL29lQB4s7YS/vyvb9q/I0Utys3DvCSTpFRZKO02vWnQExTh6YG01X9l1DspK
        94keaD949YG2e/vLVnMCWmOdmptaGhxm4kG3NcNCfky8J6cj/J0ny+40zqTOZIQb
        Tq5HX/e5sugTmmQ2CyBvvoMihBRwZ/HCgSl9eAQF/Kx9DQkIyXbLrJP1RgrHEiyU
        eYFi9li90JIjefKSTZOQAR7ow9QJUdyygdMF1+TJwP/eh3MLLJotAaOXutlhplwv
        WLFdok0CgYEA2iANsSS1M1UNQAc10LykpU3RYAaO5GnUV1CVZhm4rAg+osVqkABV
        HMBGSRgKnTbEd34haQzOy5KK94wkJVe+TdlGHs891P7mlqfwhkGv9rn1aDwYS8tO
        0DL6NGrj1pBKluJJTbSGRWtt0S+iHm5IfYorwWnsFG2BUqhZadve7/0CgYEAw3Hu
        kUwTNpK/8QKGBivAzTXW2nWAycXoHBMpMLgLQYvKTXyaLnlgTqb2lFNCz2KXAQb8
        zzXljV0ruBYjLd+PGFDHa2S6CmTu18jFtldcrBJi+JQeqDShmkS0Y+l3kUf90LXo
        7NvxXCPWIAPrLI54x7BWtrBm/wE9MgO3GP9Jj/UCgYAbWTN+R2T0t7A+m+jScCSQ
        mU4sJQZbey1leTQSJh1ybGI2FFyFC5WgUjc9yObjyU8e0FCuFC4Fdi04Vnjdub+h
        kSFqkX9mKkONFidhHfFLFQvA8u/06NvL3OhkFBbW+yZu/pZESOMg5xRQyxEfkaJD
        I0TTLk2sTgKN84+qZyfvnQKBgGedJxTwd98evZNP+y2aVIR2XolCchyGRx9bKSMi
        7xS4v2+E91hcEKqh6WeJHIpFgjiRM8XGlQP0uRDG66+OLZZ+fLp6lAaeq+DKF8cr
        WX3/4WhXXkleXa4jbl7pjvH+cJkNV4b6s2JdvU8LxMnCXlW/Lrl7m57lUUQKpC8k
        aCNhAoGAebcZAUFVC2GW22p8a8zuldIFek3qnzzNZqt0seTgvz/fwV5VheX4ohFq
        aZgWFEEIrQY/0XrWaL8ALbQNkxqFqdDSh99R0dmRiBpXS67exQszERDR0WitDxaw
        h1xc11l/fY5C0066oonv9w26YBJD9EGaekkm+pWtZgHGbgUzAOs=
        -----END RSA PRIVATE KEY-----

        """
    /// Its public half.
    static let publicPEM = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApod92ZPbjn0Zv7o+7G58
        SobJcjYQLpHj5DSaAs2jVVjZQRrykyXh3+6cC9Rx2BUmdRSxeN86RAGYm+Px2EXH
        vF6/rBD+GEmmVlgNUcV2Fdc1dTng7uyyvRxP0Y4RcJleZ7IqESeui6uUl9fb/PFt
        BppBkI0vDG+ecD7mNz2YZp5k8WcfKWKLjY5iE9dgCCNhKzaC7KVJPtV5YyQ5moMf
        I7GdOf8KVKi+g0lTD0xQ4du8c8KxFhyVOW5KN4illZpbN8FClOtFCtNjO7Uywlx9
        ZD6pf9FDPApo7rTCiqgA/9h7qRswjJ1DaXNBk/vrYxzhbIXqgFLipeBKrdJ4Zo8A
        IQIDAQAB
        -----END PUBLIC KEY-----

        """
    /// Its RS256 signature of `message`, in hex.
    static let rs256 = """
        0e2d0ee8a76fa00efe3eae082bfd87f6de2f35b92f184fd45f7233381122972ad223b6431ba744c99e515b2959fc0b3c\
        9e5a199c2eb841ebf0b38de158e49cd1e986c0f785e1ac3b83a6917b6612f1ed54dc036d0df8cf210c90ecd3cf403b1b\
        356c02262fb9f0af5fd9d7f27f1a440abd8b64dd501664866f91ffdc7348ef97a2c2213f5b2b03dad7f273b331dfc9dd\
        d05a2287cc7a192bb4999457208b2573c57bba823008cbb1a065e6d509254c50677f5f9e7bf1ec7874c93c603e66cd04\
        307647256ac87c909740cbf77e79f2c814b2280deed5b25f493c28a87eecdf6709f557d298436a1f4317d7d99f513935\
        5e6e1169458edd1acdbdc03755c54c75
        """
    /// A PS256 signature of `message` with a salt of 32 bytes, in hex.
    static let ps256 = """
        5db62ed92378682cc7f8ed9f094c91ceda869d2aafc3a1c93d2efd2c85331d40e81f9e1166e063655c505bb207e2955e\
        4e9ce8a3493667a7c06734f3137b23bc3b7849c37de49b4222c36beb256257cc35427716cf70d820db1edfb0eb981550\
        487d00b7609300158c6290b1a73e07cd6aef76e804c81c0f5ecbf5736918a7c27f6ceadbeff9244196ec3d1dee2a5f89\
        f33c599d80a4a33b6f50d757d513f097ad8e229381f15b748719fea32129102ebe66d547b9072d77647cd1cf3df13870\
        b37bf2095a899ff60c818b6c105532669538e4190641da95aafd095240987585b545b5f318e72c441fb4c51cf8830216\
        6ff96ca05a1a2747eab1a4984e3a96be
        """
    /// A signature of `message` by PSS with a salt of 20 bytes, which PS256 does not allow, in hex.
    static let pss20 = """
        6093a65f99061d43fb2d76b7e4c8011ab377f4b9d3ba31e5b95053463f596656f2cc6d521d236f743200678cb5f304f3\
        4ac206550a4d5381691823e22078548075e7d32cec7eb23ec848db9d1196cd792abdc3089e6472f3bfd0ccff24d17a62\
        b888d8f45785aafdbc84de2c9a13f5ca32cf2eaf34930f0ebbec04060d9578fe33ed541f583b2e3dac9f41e6367c69e3\
        4f20a4d59e7527f96ab39980c25e6235bb2d390f2e8bfe08a4a8bedd603b0c01c05f254ea346e9fc7b88d970b16f9309\
        a687d3d6e1ec32e431bdf45aedf78d35f958f68599ddee2ddf7994c4d70d373741ca153155655fee6315c1b0d435dc2a\
        e470a66027c2aebf1d5091308e0cd92c
        """
    /// The certificate of the key: from 2026-11-01T12:00:05Z to 2056-02-29T23:59:59Z.
    static let leaf = """
        -----BEGIN CERTIFICATE-----
        MIIB7jCCAZSgAwIBAgICEmcwCgYIKoZIzj0EAwIwGzEZMBcGA1UEAwwQaWRicmlk
        Z2UgdGVzdCBjYTAgFw0yNjExMDExMjAwMDVaGA8yMDU2MDIyOTIzNTk1OVowGDEW
        MBQGA1UEAwwNaWRicmlkZ2UgdGVzdDCCASIwDQYJKoZIhvcNAQEBBQADggEPADCC
        AQoCggEBAKaHfdmT2459Gb+6PuxufEqGyXI2EC6R4+Q0mgLNo1VY2UEa8pMl4d/u
        nAvUcdgVJnUUsXjfOkQBmJvj8dhFx7xev6wQ/hhJplZYDVHFdhXXNXU54O7ssr0c
        T9GOEXCZXmeyKhEnrourlJfX2/zxbQaaQZCNLwxvnnA+5jc9mGaeZPFnHylii42O
        YhPXYAgjYSs2guylST7VeWMkOZqDHyOxnTn/ClSovoNJUw9MUOHbvHPCsRYclTlu
        SjeIpZWaWzfBQpTrRQrTYzu1MsJcfWQ+qX/RQzwKaO60woqoAP/Ye6kbMIydQ2lz
        QZP762Mc4WyF6oBS4qXgSq3SeGaPACECAwEAATAKBggqhkjOPQQDAgNIADBFAiBJ
        KpGNfkNz3teJLsnimHfLq+zKUw3wY/bIsd92iInH2wIhAMUW+5LbZVw4MLAbf48+
        SjWsAlLT08sMPeSgQXpU6HRG
        -----END CERTIFICATE-----

        """
    /// The certificate of its issuer, of an elliptic-curve key: to 2049-12-31T23:59:59Z.
    static let issuer = """
        -----BEGIN CERTIFICATE-----
        MIIBIjCByqADAgECAgISZzAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBpZGJyaWRn
        ZSB0ZXN0IGNhMB4XDTIwMDEwMTAwMDAwMFoXDTQ5MTIzMTIzNTk1OVowGzEZMBcG
        A1UEAwwQaWRicmlkZ2UgdGVzdCBjYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
        BIDTzpBhRMBKXmMDWjJsf5Vmexcy+0eQlJP8PtXSc8CH20v65gbOy3CpCjCk0k0a
        Bq7RjgMiAaRjVkW7M3KR3X0wCgYIKoZIzj0EAwIDRwAwRAIgUYL8RCCJVP59J1ua
        +UNqgoPmAb4yjUUWzHxeP0RWgRkCIAzPvmtOqkTaLOctZprEWfA/JZav3KdgvvCw
        u43ZqBvy
        -----END CERTIFICATE-----

        """
    /// A certificate of another RSA key: from 1999-12-31T23:59:58Z to 2000-03-01T00:00:00Z.
    static let old = """
        -----BEGIN CERTIFICATE-----
        MIICljCCAX6gAwIBAgICEmcwDQYJKoZIhvcNAQELBQAwDjEMMAoGA1UEAwwDb2xk
        MB4XDTk5MTIzMTIzNTk1OFoXDTAwMDMwMTAwMDAwMFowDjEMMAoGA1UEAwwDb2xk
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAo152df9+MUwHBb70Wf36
        YWF1T1ZKnddmCKcQqKU/EKBKGnio1f157fx213//Lnu7KaNtGeFM8JZOHeaoj19o
        h7znyPJykma/s3UMfzOGDdlHCsOwQXoB2l/ktMWypP++FM/HY+3FxgOdINwcP4/F
        /TqNpIynfkMjrmiDR2MIS+x/NuzaBHGaK3Q8UTQkKnn5eHo1mey62PqtjYLPUZts
        68E4+ObUTIHMuWxXiPgSzHpxuRpv34XlIUXfC7WzIaOvqQf7ft9sAbxcspX6WpHt
        5o7gqIiQjjijtQxtvi2zKysbZ+ry0kBV4NXJSciWL6xoXbbyQlro0WmtQv60IUo3
        YQIDAQABMA0GCSqGSIb3DQEBCwUAA4IBAQA9jqTXk+tprj6oSblDnls/HNFD5zzP
        gclWySKo+HkhX6t2UPBRbo6ktAsj9s/z49pVjx8loB7Hy8NSsxpYwFBrqzzfC0fQ
        ZjaarIDFaMiXG/X+dI156cfzFRlcm6G7YNXQHfcJTlrwnxziBOdV0D2GkTA2qtDq
        WRc26mTAx+Dz+lSQ4eWz7fUh6vct3JoWmhXoHsz01DbwjZZ3pdnkkVAtRd6m8Q4N
        3uh4tfIAdgSUDxalG9h5Bh05JKDrABYQlToO4aHCoNKMfOZ248J1nnC+dFz27mGV
        IJgAyWCMTDUex56gfkLQ9QvoLWAa77tn5Fif1SvxKEd3MGVYkJGqxw24
        -----END CERTIFICATE-----

        """
    /// SHA-1 of `leaf` in DER, in hex.
    static let leafSHA1 = """
        a64b893cdd1b804dff7829bee2de528a7d3f34a7
        """
    /// SHA-256 of `leaf` in DER, in hex.
    static let leafSHA256 = """
        2cffcc496271d3a4c918c0a07925d7fed66db4174f0496281c6b9592b63b9b78
        """
    /// `leaf` in DER has so many bytes.
    static let leafLength = 498
    /// An RSA key of 1024 bits.
    static let short = """
        -----BEGIN PRIVATE KEY-----
        MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBALngXTbrfx9zYDPF
        ++U4yL2gxOSpGvZWuF5PaF0asTEiAZ6eoH6Dmzxd+OLHr/bfPtovFzRicebb9KFk
        WPO5L3o8k6OKHeT/CxOJ/ge3hWcRYDaO0MfEtaWDn1DW4pm8RK3sDzmqp63h9Mx/
        oH1QzXa043n6oPNjOBkCg3ZMHoshAgMBAAECgYB2I6pbW7aCkNxWS8HcYQkFrYc3
        Jlwisd+g4audcXepmMmavYuYnaEu7zNfQDgRGrdiCYggHWnzp12GrrbywYLwgeOR
        +E4VFEosMdQV9k96zfSTx/vJvTY56cD5OUUKqmajAl+WzmJWpGdx+K+Hcb7byark
        0+p7GaEDOEVHTe9cgQJBAO6Yl1nW9z4ZlbbA0ku+ynIFdZb59p3cSLomvCLT/2+T
        uxM88YuqCN+urKeHN4JdiDEs66RUZmrES/ohL8GSnpkCQQDHb1DmcLZNqenrLoJQ
        z6n5ivOIasyGH16IVOd8mFgmHJpwRsmwPDcqVQguhmXeIcV7QJCISA7VAJXSmr8U
        LE3JAkAPMT4p5Us29BAZY+vAEPT5D6nuJBp08Mrct4yxNwiDxUdbMT08JGaOP6QU
        wsJhFa2PXAnhG9Ktp7QiyCwvSjO5AkEAtRmoZRnE8hFxkVbSj3+D4k8DhsU0pDao
        KTSwYLwWj8U5mOsvCxIjJhXBMD5rEqOoKJwgoyCMF3BInM5Y5YC1wQJBAJtYDwBX
        OegUb22KrtuaCylQMMDBvKBER4pul8hylL02pgLoP6Bun8THwsZyzJDqHrquILs1
        Eg45BltQHkEOjrI=
        -----END PRIVATE KEY-----

        """
    /// A key of the curve P-256.
    static let ellipticCurve = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgt7/Qfh014PDnJgmL
        jHcUn9eqTT35EQidEl1MT+9USE2hRANCAASVvZtQLBKd3lgbIreH5DioVWXXTV4p
        OEIjcFGjQsVsPXXCpvnoPf5D7YWK3r2x8hV8upl/sf+DRg/k28hX6jjI
        -----END PRIVATE KEY-----

        """
    /// The RSA key in PKCS#8 under a pass phrase.
    static let encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIIFNTBfBgkqhkiG9w0BBQ0wUjAxBgkqhkiG9w0BBQwwJAQQFVrltfocclm+olhH
        SXgu/wICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEKBKj3xynr1IZvsz
        6loqMKQEggTQrlzIF8l5MNoe8BbmYGsRWeLW1pd6i5k1raYK4QXzTEq2S2jwIZ5Q
        Atk8DG6AXpyVydb4PnfNEEkSQba/7Jkfn9JVCfFyzUXJzYAAaQJo84cICZ9TjA0c
        75wKCpzs/m83W5la2BRBHGlX/VI9rbJHq9kG9NH0AJa1KtWnoOCPUQl206SZiwDj
        PtINndDfVBSTATJa0gkgLBDC196vL7TyEJl7UEwfNVf97+is8Dq1PiUGY6Anipe1
        NVpcoQNJ7ypDE9tT2kqgDPtkmc72nwmsVFqgnsftzAIaNQ38ro2YNC9HKAqJUx98
        FXvoxQCYR4aRidrbPiuvn44InjLiH/qoCaZek1RjXGLAG1B3n0JQcdrkz2qy9d2h
        d3XzKA7nxzQwy8kh8vOvTKaOarz7arHUV/+zkWdwHIarUFzIpTERuaKZpHSgJ5cg
        HR901X+yAzmFV8H4hpaVCCQm96QTcRO1fKCE9wGLeEIxKuiNd4INT/2bIW45OBUo
        IfOMo9lgzdv8dWWEXHVtiCyotskykOWHfUl/iSwpBvc+vZtsp08hIn4N/oh16vJ+
        2fvqEbK2vZeieDkJ0YuzpfIrrF4sseV/PYRv1hUzXkD3zxv+yPigBZ+ZalFt2m+e
        pCj/Tn5cBM2kH8opgDLsvoUspVcUTlkDOlGL9iDVVwP/WZRLFkQzkN8pR1rpsavX
        /is2cpX6k/avx8ckC5PNMbUSAhVd1+ewJW2xKubwKClt15z2xyiemWtSh0SUCZXI
        2PX/LBYuX/6rZUUo+nMAxtQly/PX7lwvuoyJpqDndda9qGr1HjawSsUTaulDVdrb
        AM2EKALIOyWCLrKjZx1hk4HVujKSc97H5DgW1APOMI57AicI5fdgHEQPp7bZPSkg
        xbdHQQkp46iwQIftXnERfct7/k0U3SSmSdDeGlk5hRRPzi6cXcavCbb9b/gYUcr1
        gxQoVu1TNp0reZRSvseLGh/7k0reTWgS7AFK9tOJebCKbXRjx2aWlXv5H5dMo6/L
        +nCSsVWX2mDpp9D+/uYrhD+2/yieAvkRrdgLkqbof+qfX8T1o4apqe601btyty1i
        44iUOS8/2U1kLTlZjT2U7W+CWRi1XX6LYg5F+r1DJrksVcxtEqzVGUPA1WALbMt/
        gNWm1ssKn1ZMSt6dtFivznx888D11b8GovWhwy/45Jn6gfFvnRa2zFsNJtxedzxN
        5tnqwBTg1CvwGHnsgo7KQiqKxUwjiT45qqU3A3/L5RUpucodxs07XCFTTS4vcr2i
        XlcgTJjpSOY9cKj1/D5pBOiedwIeU80pq7owzr/E5Zg2bgpiFFu8s6wu9BsBm3Ow
        2L9/nGZnY70MurWrq+rFHtu/ul+KppQXphPRIztizLevHWgWK93h9Nov2BFMT4Xx
        /xTj7+0LkW2KNlMyWRmpbGw0kaUfiC8vvlsQ+u9fgxezoCJUjDuAAqQz5mtY1HfF
        uF7hWaM8BATTqI6od5wk/RKq5MAc3jk5kq3v0Alo6yGScZ1YjwPbBi3AqQzTiGB0
        n6oBL+7SjXmohYhkr+GM1tiu62wGLa2X3R0wWKLODZ1JTMhxCFaoraAtzCWNTXbS
        pnwki/u6zuPnz7v7kQxwm8n+ee7szgULkq46VmM/jUXy2F6eJVM74gk=
        -----END ENCRYPTED PRIVATE KEY-----

        """
    /// The RSA key in PKCS#1 under a pass phrase.
    static let encryptedPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,0834464DCFCD2CBC14412C0123F1BEA1

        m/v8fT9cqI6xWqFbz4c32Ina4Npo5vWZ7+1hSMaEhDZBoTCnew+U2KMZrUzoMI0P
        Ic96QTOOsS+dqUHnf+DInL9ksgzUqfNN2W2QG7oLF9yf2yvt4utzAKyJhWFSRBSU
        ArEHqa52hNSXLFrG5IhaTcD074Ps9WSfHPFI1MrbAiUrqv+D31lhBMS9yjuLhRez
        BU9yS4yuwiyIb068G7ttoMrR4fVWVk350z/85m7fbDkcec58ugXQV7oY+IosKqaN
        f7rxVyAS6nyxU16cMLJkcQssyA09Dxp/zdsyB9ta2KPrHVquxk9Z2FqJhXXz+7QU
        Ylc3CfeQ44kUupShj2ad/xH7R/2ZtsfuMb9BE1/hG33qoVkWyAQW987nm5A9UovZ
        J1LJkVa+Sz2P48kP4HsP3S6j7/QLrAk8zfZk+DHdp1o6TkJE1TP6KH14oB3MXY+u
        En9i7iaEx4hvzGKxC5imIdfLQIYOs7WISrNye3bH/2N1mEt3J4O04fGQx1qU1Blv
        Hc5unlsFwjd2nURu9msyMjBOwWeql39uNiRMuYQAiW+2ICpTcGXLdfmq/Mk0mz9N
        sGtncEefAvHRkcQAMINTDqv5y8LawtICcS6vI4p4V7oD8KPvh+3o7JgqPmag8TsU
        HBtMkZLfZ/RQk9Tt3dRMoUslEGYncqWlW49qSBWDvfrHuGoEbEOMW8dr4AS2aKYr
        vqPyXr7tPRVGnCe75PuxfdgtuZBnDEb42WUrY9YnYv86LVs8kRcYytmHH1O5KVG7
        O9W88N9aO82Qmcfj/azqo1Fo3eLi3jz6O25ByDkd3Cy7L/49WYHmHmc+CMijVIeQ
        SUCG2jpD+Sv+WYU0cyiigUeCErKPbD2/tNmygh+ikcGBqtAvSydZ2BfP9A42Is8W
        YFOV+osVx00i6DHGyYhfJc1PD4xyS1jye4VyzSiEH3wPPRKPFEp1TE04BERTIsIx
        vczCtHJgjykAdn87uZvIraMMBoXEo/huhcfaUWh5zr0UeVWKyhPfk0BTlatmEceq
        0hTAW6dD4nwDnpzhWCPF4Z1/r3hQLoYow/3EBxQyaWMVksuEkccM5uSMv9XzPKQr
        WahlqQGADg2zHOkh6kvUA5PrBjaxCtnOs6IgLYQXX7m59cP4Gr9w4QIVOKp5WwjC
        fHchd5r7uSTPAlND7siYU2N3UmnyJ+EAIqwHBS7NLcA1TiFPosQSWR06NBxVK9b/
        MG8oE8aLzs0FgBy+0xEmsmrKj4FldW0ssjn2ENLON1l3x4Zkf5donCJdEV1DeZOA
        j+zYwBf60nZRqG1nOiayGTS7RZOwmP7KNbS9bLM/cPqwhfeV5iCmCZt4xiKMe5tp
        XBRNDAzD8kmJZqZMGWhbB8gx4xxQWMzixmPUmOG9h2d+lDKJR2k8xDPXNuU9q40v
        ZVvzEOUKxlKioCiJfLjMg8JPViS/gncaMKYhP2ib7WUsKaV5DMuy+hsh+Fgoy3D+
        P0mkyoj0Ed4GJ24uy5TO4T0qZ4fvI32wf4x4zPwQP05TiPsEDJejrjXb8hAtG+DQ
        UonAln45Admtv31AUr02x6Q2i5XHGwWLSrXSimzY54R35h16vqFoU7HM5KlIXXlV
        -----END RSA PRIVATE KEY-----

        """
}
