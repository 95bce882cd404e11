#pragma once
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* Refuses a pass phrase: without a callback libcrypto would ask at the terminal. */
static inline int ccrypto_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer; (void)size; (void)writing; (void)context;
    return -1;
}

/* The first private key in a PEM text, PKCS#8 or PKCS#1; other blocks are passed over. */
static inline EVP_PKEY *ccrypto_read_private_key(BIO *bio) {
    return PEM_read_bio_PrivateKey(bio, NULL, ccrypto_no_passphrase, NULL);
}

/* The first public key (SubjectPublicKeyInfo) in a PEM text. */
static inline EVP_PKEY *ccrypto_read_public_key(BIO *bio) {
    return PEM_read_bio_PUBKEY(bio, NULL, ccrypto_no_passphrase, NULL);
}

/* The next certificate in a PEM text; other blocks are passed over. */
static inline X509 *ccrypto_read_certificate(BIO *bio) {
    return PEM_read_bio_X509(bio, NULL, ccrypto_no_passphrase, NULL);
}

/* Whether the last failed PEM read came to the end of the text, not to a broken block. */
static inline int ccrypto_is_at_end_of_pem(void) {
    unsigned long code = ERR_peek_last_error();
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

/* The bytes that a memory BIO holds; they belong to the BIO. */
static inline long ccrypto_bio_bytes(BIO *bio, char **bytes) {
    return BIO_get_mem_data(bio, bytes);
}

static inline int ccrypto_write_private_key(BIO *bio, EVP_PKEY *key) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
}

/* A new RSA key; EVP_RSA_gen is a macro. */
static inline EVP_PKEY *ccrypto_generate_rsa(size_t bits) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
}
