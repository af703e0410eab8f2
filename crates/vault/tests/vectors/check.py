# The vectors, made again by another implementation: Python's `cryptography` (45 or newer, for Argon2id) and
# XChaCha20 on top of it after draft-irtf-cfrg-xchacha. Run by hand when the format changes: python3 check.py
import json,os,hmac,hashlib,base64,struct
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers import Cipher,algorithms,modes
v=json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)),'vault.json')))
def mac(k,*p):
    h=hmac.new(k,digestmod=hashlib.sha256)
    for x in p:h.update(x)
    return h.digest()
lp=lambda b: struct.pack('>Q',len(b))+b
K=bytes.fromhex(v['key']); vid=bytes.fromhex(v['vault'])
sub=lambda n: mac(K,b'sheaf vault 1\0',vid,n.encode())
def hchacha(key,n16):
    st=list(struct.unpack('<4I',b'expand 32-byte k'))+list(struct.unpack('<8I',key))+list(struct.unpack('<4I',n16))
    def rot(x,n): return ((x<<n)|(x>>(32-n)))&0xffffffff
    def qr(a,b,c,d):
        st[a]=(st[a]+st[b])&0xffffffff; st[d]=rot(st[d]^st[a],16)
        st[c]=(st[c]+st[d])&0xffffffff; st[b]=rot(st[b]^st[c],12)
        st[a]=(st[a]+st[b])&0xffffffff; st[d]=rot(st[d]^st[a],8)
        st[c]=(st[c]+st[d])&0xffffffff; st[b]=rot(st[b]^st[c],7)
    for _ in range(10):
        qr(0,4,8,12);qr(1,5,9,13);qr(2,6,10,14);qr(3,7,11,15)
        qr(0,5,10,15);qr(1,6,11,12);qr(2,7,8,13);qr(3,4,9,14)
    return struct.pack('<8I',*(st[0:4]+st[12:16]))
def xenc(key,n,pt,aad): return ChaCha20Poly1305(hchacha(key,n[:16])).encrypt(b'\0'*4+n[16:],pt,aad)
note=b'note:bQ4nVtR1xK7c'
def rev(r,doc=note):
    g,h=r.split('-',1); k=mac(sub('revision'),doc)
    if len(h)==32:
        e=Cipher(algorithms.AES(k),modes.ECB()).encryptor(); return g+'-'+e.update(bytes.fromhex(h)).hex()
    t=mac(k,b'odd',h.encode())[:12]; s=bytes(a^b for a,b in zip(h.encode(),mac(k,b'stream',t,b'\0')))
    return g+'-s'+base64.urlsafe_b64encode(t+s).decode().rstrip('=')
for p,w in v['revisions'].items(): assert rev(p)==w,(p,rev(p),w)
def doc(content,r,parent,deleted):
    pt=json.dumps(content,ensure_ascii=False,separators=(',',':')).encode()
    aad=lp(b'sheaf document 1')+lp(vid)+lp(note)+lp(rev(r).encode())+lp(rev(parent).encode() if parent else b'')+bytes([deleted])
    n=mac(sub('document nonce'),aad,pt)[:24]
    return base64.b64encode(n+xenc(sub('document'),n,pt,aad)).decode()
r1='1-5d41402abc4b2a76b9719d911017c592'; r2='2-7d793037a0760186574b0282f2f435e7'
sha='2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
c={"body":{"title":"Straw","body":"Ink — 墨","tags":[]},"attachments":[{"name":"index","contentType":"image/png","length":5,"md5":"5d41402abc4b2a76b9719d911017c592","sha256":sha,"revpos":2}]}
assert doc(c,r2,r1,0)==v['document']['sheafSealed']['text']
assert doc({"body":{}},r1,None,1)==v['tombstone']['sheafSealed']['text']
f=b'file:aB3dE5gH7jK9'
assert mac(sub('attachment name'),lp(f)+lp(b'index'))[:16].hex()==v['attachmentName']
aad=lp(b'sheaf attachment 1')+lp(vid)+lp(f)+lp(sha.encode())+struct.pack('>Q',5)+struct.pack('>Q',0)+b'\1'
n=mac(sub('attachment nonce'),aad,b'hello')[:24]
assert (n+xenc(sub('attachment'),n,b'hello',aad)).hex()==v['attachment']
l=v['lock']
assert base64.b64encode(mac(sub('proof'),lp(struct.pack('>Q',1))+lp(v['vault'].encode())+lp(l['key'].encode()))).decode()==l['proof']
try:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
    b=base64.b64decode(l['key']); head=b[:44]
    k=Argon2id(salt=b[4:20],length=32,iterations=b[1],lanes=1,memory_cost=int.from_bytes(b[2:4],'big')*1024).derive(v['passphrase'].encode())
    ctx=('sheaf vault 1 '+v['vault']).encode()+b'\0'+head
    assert head+xenc(k,b[20:44],K,ctx)==b; print('lock ok')
except ImportError as e: print('no argon2',e)
print('all ok')
