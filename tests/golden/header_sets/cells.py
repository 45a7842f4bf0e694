"""Plausible cells by a column's meaning, seeded: what a recogniser sees below the headers."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable

PEOPLE = 14
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_NAMES = [
    "王芳",
    "李伟",
    "张敏",
    "刘洋",
    "陈静",
    "杨磊",
    "赵丽",
    "黄强",
    "周杰",
    "吴婷",
    "徐明",
    "孙燕",
    "马超",
    "朱琳",
]
_ENGLISH = [
    "Ann Lee",
    "Bob Ray",
    "Cara Diaz",
    "Dan Fox",
    "Eve Stone",
    "Finn Gray",
    "Gina Park",
    "Hugo Marsh",
    "Iris Cole",
    "Jack Reed",
    "Kate Moss",
    "Liam Hart",
    "Mona Beck",
    "Ned Frost",
]
_GOODS = [
    "纯棉四件套",
    "保温杯 500ml",
    "儿童雨衣",
    "坚果礼盒",
    "蓝牙耳机",
    "手工皂",
    "茶叶罐",
    "运动水壶",
    "挂耳咖啡",
    "羊毛围巾",
]
_GOODS_EN = "Linen towel|Steel bottle|Kids raincoat|Nut box|Earbuds|Hand soap|Tea tin|Sports flask|Drip bags|Scarf"
_TEXTS = [
    "物流很快，包装也好，下次还会再来",
    "颜色和图片不太一样，有点失望",
    "质量不错，就是快递慢了两天",
    "味道很好，家里人都喜欢",
    "客服态度很好，问题马上解决了",
    "第二次购买了，一如既往的好",
    "尺码偏小，建议买大一号",
    "性价比不高，不推荐",
]
_TEXTS_EN = (
    "Arrived quickly and well packed|Colour differs from the photo|Good quality but shipping was slow|"
    "We all love the taste|Support solved it at once|Second time buying, still great|Runs small, size up|Not worth it"
)
_WORDS = {
    "status": ("交易成功|卖家已发货|交易关闭|等待买家付款", "paid|pending|refunded|completed"),
    "category": ("家居|食品|服饰|数码", "Home|Food|Apparel|Electronics"),
    "channel": ("手机淘宝|小程序|网店|门店", "web|pos|mobile|instagram"),
    "store": ("人民路店|西湖旗舰店|万达店", "Main St|Airport|Riverside"),
    "region": ("浙江省|广东省|江苏省|北京市", "CA|NY|TX|WA"),
    "city": ("杭州市|广州市|南京市|北京市", "Portland|Austin|Seattle|Boston"),
    "event": ("浏览商品|加入购物车|提交订单|支付成功", "page_view|add_to_cart|begin_checkout|purchase"),
    "gender": ("男|女|未知", "male|female|unknown"),
    "level": ("普通会员|银卡|金卡|钻石", "basic|silver|gold|platinum"),
    "label": ("普通|其他|默认", "standard|other|default"),
    "yesno": ("是|否", "true|false"),
    "address": ("文一路 100 号 2 幢|天河路 8 号|中山路 66 号", "1 Main St|24 Oak Ave|7 Hill Rd"),
}
_ROLE_SHAPE = {
    "customer_id": "id", "user_id": "id", "order_id": "order", "ordered_at": "moment", "occurred_at": "moment",
    "registered_at": "moment", "reviewed_at": "moment", "amount": "money", "unit_price": "money",
    "refund_amount": "some_money", "discount": "some_money", "cost": "money", "profit": "money", "quantity": "few",
    "status": "status", "product": "goods", "product_id": "code", "category": "category", "channel": "channel",
    "store": "store", "region": "region", "city": "city", "customer_name": "name", "phone": "phone",
    "event": "event", "session_id": "session", "inviter_id": "id", "gender": "gender", "age": "age",
    "member_level": "level", "text": "review", "rating": "stars", "reply": "reply",
}  # fmt: skip
_HEADER_SHAPE = (
    ("note", r"备注|留言|note|memo|message|comment|tags|原因|reason|remark|摘要|instruction"),
    ("yesno", r"^是否|^is|accepts|exempt|需要|optin|consent|subscribed|plus$"),
    ("some_moment", r"时间|日期|date|[ _-]at$|time$|timestamp|期$"),
    ("phone", r"手机|电话|phone|mobile|\btel"),
    ("email", r"邮箱|e-?mail"),
    ("name", r"姓名|收货人|收件人|联系人|经手人|业务员|收银员|制单人|"  # noqa: ISC004
             r"(first|last|buyer|customer|ing|recipient|to)[ _-]*name"),
    ("address", r"地址|address|street|街道"),
    ("region", r"省|state$|province|country|region|国家"),
    ("city", r"城市|市$|city|区$|suburb"),
    ("money", r"金额|费|款|价|总额|额$|优惠|折扣|抵扣|运费|amount|price|total|tax|fee|shipping|discount|cost|"  # noqa: ISC004
              r"gross|net$|paid|balance|余额|revenue|spent|税"),
    ("count", r"数量|件数|qty|quantity|count|积分|points|重量|weight|次数|天数|orders$|数$"),
    ("label", r"状态|类型|方式|渠道|来源|等级|公司|type|method|status|currency|platform|version|language|os$|model"),
    ("code", r"号|编码|编号|id$|code|sku|number|reference|zip|postal|uuid|fingerprint|标识"),
)  # fmt: skip


def _either(chinese: bool, pair: tuple[str, str]) -> list[str]:
    return pair[0 if chinese else 1].split("|")


def _moment(draw: random.Random) -> str:
    return (
        f"2024-{draw.randint(1, 9):02}-{draw.randint(1, 28):02} "
        f"{draw.randint(8, 22):02}:{draw.randint(0, 59):02}:{draw.randint(0, 59):02}"
    )


def _person(draw: random.Random, at: int, once: bool) -> int:
    return at if once else draw.randrange(PEOPLE)


def _cell(shape: str, draw: random.Random, at: int, once: bool, chinese: bool) -> str | None:
    who = _person(draw, at, once)
    make: dict[str, Callable[[], str | None]] = {
        "id": lambda: f"{10_023_450 + 37 * who}",
        "nick": lambda: f"tb_{who * 7919 % 9973}{'abc'[who % 3]}",
        "email": lambda: f"user{who}@example.com",
        "phone": lambda: f"138{who:04}{who * 731 % 10_000:04}",
        "name": lambda: (_NAMES if chinese else _ENGLISH)[who % PEOPLE] + (str(who) if once else ""),
        "order": lambda: f"{20_240_300_000_000_000 + 7 * (at - at % 5 // 4) + 3_000_011 * (at - at % 5 // 4)}",
        "hash": lambda: f"#{1001 + at}",
        "code": lambda: f"{'ABCD'[draw.randrange(4)]}{draw.randint(1000, 1030)}",
        "uuid": lambda: f"{draw.getrandbits(64):016x}",
        "session": lambda: f"s{who * 3 + draw.randrange(3):05}",
        "moment": lambda: _moment(draw),
        "iso": lambda: _moment(draw).replace(" ", "T") + "Z",
        "unix": lambda: str(draw.randint(1_704_067_200, 1_719_792_000)),
        "unix_us": lambda: str(draw.randint(1_704_067_200, 1_719_792_000) * 1_000_000 + draw.randrange(10**6)),
        "some_moment": lambda: _moment(draw) if draw.random() < 0.7 else None,
        "day": lambda: _moment(draw)[:10],
        "day_number": lambda: _moment(draw)[:10].replace("-", ""),
        "us_day": lambda: f"{draw.randint(1, 9):02}/{draw.randint(13, 28)}/2024",
        "clock": lambda: _moment(draw)[11:],
        "money": lambda: f"{draw.randint(500, 60_000) / 100:.2f}",
        "dollars": lambda: f"${draw.randint(500, 60_000) / 100:.2f}",
        "some_money": lambda: f"{draw.choice((0, 0, draw.randint(100, 3_000))) / 100:.2f}",
        "few": lambda: str(draw.choice((1, 1, 1, 2, 3, 5))),
        "count": lambda: str(draw.randint(0, 900)),
        "age": lambda: str(draw.randint(18, 66)),
        "stars": lambda: str(draw.choice((5, 5, 5, 4, 3, 1))),
        "percent": lambda: f"{draw.randint(60, 100)}%",
        "goods": lambda: draw.choice(_GOODS if chinese else _GOODS_EN.split("|")),
        "review": lambda: draw.choice(_TEXTS if chinese else _TEXTS_EN.split("|")) + ("！" if chinese else "!") * who,
        "reply": lambda: draw.choice((None, "感谢支持" if chinese else "Thank you")),
        "note": lambda: draw.choice((None, None, None, "尽快发货" if chinese else "please hurry")),
        "masked": lambda: "*",
        "empty": lambda: None,
        "row": lambda: str(at + 1),
    }  # fmt: skip
    if shape in _WORDS:
        return draw.choice(_either(chinese, _WORDS[shape]))
    return make[shape]()


def shape_of(header: str, role: str) -> str:
    """The shape of a column whose set does not name one."""
    if role:
        return _ROLE_SHAPE[role]
    return next((shape for shape, told in _HEADER_SHAPE if re.search(told, header.lower())), "label")


def cells_of(header: str, role: str, shape: str, kind: str, rows: int, seed: str) -> list[str | None]:
    """A column's cells; in a list of customers each customer stands once."""
    draw = random.Random(zlib.crc32(seed.encode()))
    chosen, chinese = shape or shape_of(header, role), bool(_CHINESE.search(header))
    return [_cell(chosen, draw, at, kind == "customers", chinese) for at in range(rows)]
