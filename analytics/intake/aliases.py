"""Role → the headers it goes by in real exports, best first.

From the order exports of 淘宝, 天猫, 京东, 拼多多, 抖店, 有赞, 微店 and 美团, the ERPs 金蝶, 用友, 管家婆, 旺店通 and
聚水潭, tills and CRMs, and Shopify, WooCommerce, Stripe, GA4, Amazon, Square and Magento. Written as ``normalise``
leaves a header: lower case, half-width, without spaces, underscores, brackets or a unit in brackets. The order in a
tuple is a preference: what was really paid stands before the list price, an id before a name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from types import MappingProxyType

_IN_BRACKETS = re.compile(r"[(\[{【<《][^)\]}】>》]*[)\]}】>》]")
_NOISE = re.compile(r"[\s_\-./\\|#*:：,，、\"'`~!?&+=]")
_SHORT_TIME = re.compile(r"(?:tstamp|_ts)$")
# The traditional characters that headers are written with, so that a Big5 export meets the same aliases.
_SIMPLIFIED = str.maketrans(
    "訂單號編碼戶會員買賣顧購時間實際額價數總計產類別稱貨發話電機狀態門區縣國點評論內註冊齡級優運費應結帳賬銷來鋪網訪問動為"
    "連絡聯繫郵遞達規條項屬標籤積餘績帶頻層務單據備檔紀錄與從給還進離選錢",
    "订单号编码户会员买卖顾购时间实际额价数总计产类别称货发话电机状态门区县国点评论内注册龄级优运费应结账账销来铺网访问动为"
    "连络联系邮递达规条项属标签积余绩带频层务单据备档纪录与从给还进离选钱",
)
_TYPE_SUFFIX = re.compile(r":(?:token|float|token_seq|string|int|integer|datetime)$")


@lru_cache(maxsize=8_192)
def normalise(header: str) -> str:
    """A header as aliases are written: 訂單 ID → 订单id, "Total (USD)" → total, 实付金额（元） → 实付金额."""
    folded = unicodedata.normalize("NFKC", header).strip().lower().translate(_SIMPLIFIED)
    folded = _SHORT_TIME.sub(" time", _TYPE_SUFFIX.sub("", folded).replace("的", ""))
    bare = _NOISE.sub("", _IN_BRACKETS.sub("", folded))
    return bare or _NOISE.sub("", re.sub(r"[()\[\]{}【】<>《》]", "", folded))


def _words(text: str) -> tuple[str, ...]:
    return tuple(normalise(word) for word in text.split("|"))


ALIASES: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "customer_id": _words(
            "客户编号|客户id|客户编码|客户代码|客户号|会员编号|会员id|会员号|会员卡号|会员编码|购买人id|购买人编号|"
            "下单人id|用户id|用户编号|用户标识|买家id|买家编号|顾客编号|顾客id|customer id|customer no|"
            "customer number|customer code|cust id|custid|cust no|client id|clientid|member id|member no|"
            "membership number|loyalty id|shopper id|buyer id|account id|account number|user id|uid|userid|open id|"
            "openid|unionid|buyer user id|oneid|买家会员名|买家账号|会员名|会员账号|买家会员|用户名|用户账号|"
            "下单帐号|下单账号|购买账号|买家昵称|会员昵称|buyer username|user name|customer|顾客|买家|会员|客户|用户|"
            "consumer id|customer key|contact id|wechat openid|card no|卡号|往来单位编号|往来单位|购货单位|客户简称|"
            "用户pin|人员编号|customer ref|customer unique id|buyer|requester|客户网名|买家网名|买家旺旺|旺旺号|"
            "付款账户|付款账号|对方账号|外部联系人id|联系人id|person id|售达方|售达方编码|购货单位代码|购货单位编码|"
            "record id|id"
        ),
        "order_id": _words(
            "订单编号|订单号|订单id|主订单编号|主订单号|父订单号|交易编号|交易号|订单单号|交易单号|平台单号|"
            "平台订单号|线上订单号|线上单号|销售单号|销售单据号|账单号|原始单号|系统单号|内部订单号|订单编码|"
            "单据编号|单据号|单号|小票号|小票编号|流水号|销售流水号|order id|order no|order number|ordernumber|"
            "orderid|order|invoice no|invoice number|invoiceno|invoice|invoice id|transaction id|transactionid|"
            "transaction|receipt number|receipt id|receipt no|sales order|sale id|amazon order id|purchase id|"
            "ordersn|order code|increment id|basket id|bill no|payment id|charge id|订单序号|支付单号|支付宝交易号|"
            "出库单号|发票号码|销售凭证|发票号|name|check number|发货单号|主单号|merchant order id|"
            "sales record number|reference id|id"
        ),
        "ordered_at": _words(
            "订单创建时间|下单时间|下单日期|订单时间|订单日期|创建时间|拍下时间|订单提交时间|成交时间|交易时间|"
            "交易日期|销售时间|销售日期|消费时间|消费日期|购买时间|购买日期|单据日期|制单日期|开单时间|开单日期|"
            "订单付款时间|付款时间|支付时间|付款日期|支付日期|支付完成时间|买家付款时间|业务日期|营业日期|结账时间|"
            "收款时间|录单日期|开票日期|开票时间|提交时间|预订时间|预订日期|凭证日期|date add|日期|时间|order date|"
            "order time|ordered at|order datetime|orderdate|created at|date created|purchase date|purchased at|"
            "purchase time|transaction date|transaction time|invoice date|invoicedate|sale date|sales date|sold at|"
            "payment date|paid at|payment time|date paid|created|created (utc)|order purchase timestamp|datetime|"
            "date|timestamp|time|day|账单日期|出库时间|发货时间|发货日期|订单成交时间|posted date time|posted date|"
            "完成时间|交易完成时间|订单完成时间|确认收货时间"
        ),
        "paid_at": _words(
            "付款时间|订单付款时间|支付时间|付款日期|支付日期|支付完成时间|买家付款时间|收款时间|支付成功时间|"
            "payment date|paid at|payment time|date paid|order approved at"
        ),
        "shipped_at": _words(
            "发货时间|发货日期|订单发货时间|出库时间|出库日期|卖家发货时间|首次发货时间|装运日期|ship date|shipped at|"
            "shipping date|shipped date|fulfilled at|dispatch date|shipment date|order delivered carrier date"
        ),
        "finished_at": _words(
            "完成时间|交易完成时间|订单完成时间|确认收货时间|收货时间|签收时间|完成日期|交易成功时间|"
            "completed at|completed date|delivered at|delivery date|received at|order delivered customer date"
        ),
        "amount": _words(
            "单品支付金额|分摊后总价|分摊后金额|买家实际支付金额|实付金额|实付款|实际支付金额|实付|实收金额|实收|"
            "实收款|实际付款|实际支付|实收总额|实付总额|用户实付金额|用户支付金额|用户实付|顾客实付|买家实付|"
            "买家实付金额|客户实付|商品实付|商品实付金额|实际成交金额|成交金额|分摊后实付|分摊金额|商家实收金额|"
            "订单实付金额|订单实收金额|订单实付|已付金额|已付款|支付金额|付款金额|已支付金额|实售金额|净值|"
            "paid price|total paid tax incl|total paid tax excl|销售额|销售金额|消费金额|交易金额|成交额|净销售额|"
            "净额|价税合计|含税金额|订单应付金额|应付金额|应付款|应收金额|商家应收金额|商家应收款|商家应收|订单金额|"
            "订单总额|订单总金额|总金额|合计金额|商品金额|金额|总额|总价|小计|应付|买家应付货款|买家应付款|商品总价|"
            "货款|营业额|流水|消费额|amount paid|paid amount|net sales|net amount|net total|net revenue|n revenue|"
            "line total|linetotal|item total|line amount|sales amount|sales|revenue|amount|order total|order amount|"
            "total amount|total price|total paid|grand total|total|total sales|purchase revenue|order net|net|gross|"
            "item subtotal|subtotal|gross sales|gross amount|payment value|payment amount|transaction amount|"
            "price paid|extended price|spend|monetary|value|charge|converted amount|total collected|purchase amount|"
            "应付总额|原价金额|order value|event value|event value in usd"
        ),
        "unit_price": _words(
            "单价|商品单价|销售单价|成交单价|售价|商品价格|价格|零售价|商品售价|含税单价|折后单价|平均单价|成交价|"
            "分摊后价格|京东价|无税单价|unit price|unitprice|price|item price|lineitem price|sale price|"
            "selling price|price each|price per unit|unit cost price|sold for"
        ),
        "quantity": _words(
            "数量|商品数量|购买数量|购买件数|件数|宝贝总数量|宝贝数量|销量|销售数量|订购数量|下单数量|商品件数|"
            "实发数量|商品总数量|基本数量|quantity|qty|lineitem quantity|item quantity|quantity ordered|qty ordered|"
            "units|unit sold|units sold|count|pieces|order quantity|quantity purchased|total quantity|items sold|"
            "number of items|num items|间夜数|商品数|sku件数|成交数量"
        ),
        "refund_amount": _words(
            "退款金额|退款总额|已退款金额|退货金额|退款|实退金额|买家退款金额|退款成功金额|售后退款金额|用户退款金额|"
            "退单金额|退款额|refund amount|refunded amount|amount refunded|refund|refunds|total refunded|"
            "refund total|returned amount|refunded|returns|partial refunds|refunded total|item refunded|已退金额|"
            "订单已退款金额"
        ),
        "discount": _words(
            "折扣|折扣率|优惠金额|折扣金额|优惠|总优惠|优惠券金额|店铺优惠|平台优惠|满减金额|折让|打折率|涨价或折扣|"
            "优惠总金额|优惠总额|订单优惠金额|总优惠金额|订单总优惠|店铺优惠合计|店铺优惠折扣|平台优惠折扣|商家优惠|"
            "商家优惠金额|discount|discount amount|discount rate|discounts|coupon amount|total discount|"
            "promotion discount|discount percent"
        ),
        "cost": _words(
            "成本|成本价|成本金额|采购成本|商品成本|进货价|进价|采购价|成本额|总成本|cost|unit cost|cost price|"
            "total cost|cogs|cost of goods"
        ),
        "profit": _words("利润|毛利|毛利额|利润额|净利润|毛利润|profit|gross profit|margin|gross margin|net profit"),
        "status": _words(
            "订单状态|交易状态|状态|订单交易状态|支付状态|付款状态|子订单状态|商品状态|单据状态|系统状态|"
            "order status|financial status|payment status|status|order state|state of order|payment state|"
            "transaction status|refund status|sale status|sales status|退款状态|售后状态"
        ),
        "product": _words(
            "商品名称|产品名称|宝贝标题|商品标题|宝贝名称|货品名称|品名|物料名称|存货名称|商品|产品|菜品名称|菜品|"
            "货品|选购商品|套餐名称|物料描述|物料|通用名称|商品通用名|房型|入住房型|服务项目|标题|商品全名|"
            "product name|product title|product|item name|item title|item description|description|lineitem name|item|"
            "title|productname|product description|sku name|sku名称|商品信息|菜品信息|货品信息|货品标题|全部商品名称|"
            "存货|存货全名|product details|product handle|goods name|merchandise"
        ),
        "product_id": _words(
            "商品编号|商品id|商品编码|产品id|产品编号|产品编码|商家编码|sku编码|skuid|货号|货品编号|商品货号|"
            "物料编码|存货编码|宝贝id|条码|商品条码|外部系统编号|规格编码|商品代码|spu|spuid|款号|sku|item sku|"
            "product sku|lineitem sku|product id|product code|item id|item code|stock code|stockcode|asin|barcode|"
            "productid|itemid|item number|listing id|custom label|产品代码|物料代码|存货代码|variant id|goods id|upc|"
            "ean|seller sku"
        ),
        "category": _words(
            "类别|品类|商品类别|商品分类|产品类别|类目|商品类目|分类|一级类目|一级分类|大类|商品大类|产品分类|"
            "叶子类目|类目名称|品类名称|category|product category|item category|category name|product type|"
            "department|category code|product category name|categoryid|category id|item type|cat|product line"
        ),
        "channel": _words(
            "渠道|来源|订单来源|销售渠道|来源平台|订单渠道|订单类型来源|下单渠道|渠道名称|流量来源|访问来源|来源渠道|"
            "渠道来源|收款通道|订单平台|平台站点|用户来源|客户来源|会员来源|终端|channel|source|sales channel|"
            "order source|marketplace|source name|traffic source|utm source|order channel|channel name|app channel|"
            "app渠道|广告渠道|creation source|traffic source source|latest utm source|attribution|marketplace name|"
            "平台|platform|medium"
        ),
        "store": _words(
            "店铺|门店|店铺名称|门店名称|网店|店铺名|门店名|所属门店|消费门店|销售门店|店铺简称|商户名称|商家名称|"
            "分店|机构|机构名称|归属店铺|归属门店|酒店名称|餐厅名称|store|shop|store name|shop name|branch|outlet|"
            "location|restaurant|merchant|purchase point|store id|门店编号|店铺id"
        ),
        "region": _words(
            "省份|省|省/自治区|省/直辖市|收货省份|收货人省份|所在省份|收件省份|省市|收货地区|地区|区域|大区|销售区域|"
            "地域|国家|归属地|所属区域|province|state/province|region|state|shipping province|shipping region|"
            "ship state|billing province|area|territory|geography|country|shipping country|billing country|"
            "province code|state code|country code|country/region|geo country"
        ),
        "city": _words(
            "城市|市|收货城市|收货人城市|所在城市|收件城市|常住城市|所属城市|地市|city|shipping city|billing city|"
            "ship city|town|town city|suburb|geo city"
        ),
        "customer_name": _words(
            "客户名称|客户姓名|姓名|收货人姓名|收货人|收件人|收件人姓名|提货人|会员姓名|顾客姓名|真实姓名|联系人|"
            "客户名|用户姓名|入住人|预订人|售达方名称|购货单位名称|昵称|买家姓名|买家昵称|用户昵称|会员昵称|持卡人|"
            "customer name|full name|fullname|client name|buyer name|contact name|shipping name|billing name|"
            "recipient name|recipient|nickname|nick name|member name|surname|last name|first name|客户简称|会员名称|"
            "往来单位全名|往来单位名称|往来单位|购货单位|客户|会员|顾客|买家|customer|buyer|client|name"
        ),
        "phone": _words(
            "手机号|手机|手机号码|联系手机|联系电话|电话|客户手机号|买家手机号|会员手机号|顾客手机号|收货人手机|"
            "收货人手机号|收货人电话|收件人手机|收件人电话|会员手机|联系方式|客户电话|客户手机|买家手机|电话号码|"
            "移动电话|注册手机号|phone|mobile|phone number|mobile number|telephone|tel|cell phone|customer phone|"
            "shipping phone|billing phone|contact number|buyer phone number|contacts|contact phone number"
        ),
        "user_id": _words(
            "用户id|用户编号|用户标识|用户|访客id|访客编号|会员id|会员编号|客户id|客户编号|设备id|user id|userid|uid|"
            "user pseudo id|visitor id|visitorid|client id|distinct id|anonymous id|device id|person id|customer id|"
            "customerid|open id|openid|unionid|member id|cookie id|user|fullvisitorid|amplitude id|case id|actor|"
            "访问用户id|登录用户id|登录id"
        ),
        "event": _words(
            "行为|行为类型|事件|事件名称|事件名|事件类型|动作|操作|操作类型|用户行为|行为名称|event|event name|"
            "event type|eventname|behavior|behavior type|behaviour|action|action type|activity|event action|"
            "interaction|事件编码|事件代码|event code|type"
        ),
        "occurred_at": _words(
            "发生时间|行为时间|事件时间|操作时间|访问时间|时间戳|时间|日期|行为日期|event time|event timestamp|"
            "occurred at|collector time|event ts|timestamp|event date|event at|action time|time|datetime|date|ts|"
            "created at|server time|client time|date time|visit time|start time"
        ),
        "session_id": _words(
            "会话id|会话编号|会话|访问id|session id|sessionid|session|visit id|ga session id|user session|visitid"
        ),
        "registered_at": _words(
            "注册时间|注册日期|入会时间|入会日期|开卡时间|开卡日期|建档时间|成为会员时间|首次关注时间|加入时间|"
            "添加时间|添加日期|创建时间|registered at|registration date|signup date|sign up date|join date|joined at|"
            "member since|date registered|date added|create date|created on|profile created on|first active|"
            "first visit|first seen|optin time|confirm time|member since date|成为客户时间|首次到店时间|created at|"
            "became member on|enrolled at|created"
        ),
        "inviter_id": _words(
            "邀请人|邀请人id|邀请人编号|推荐人|推荐人id|推荐人编号|上级id|分享人id|老带新推荐人|邀请者|inviter id|"
            "inviter|referrer id|referrer|referred by|invited by|referral id|parent id|sponsor id"
        ),
        "gender": _words("性别|客户性别|会员性别|gender|sex|customer gender"),
        "age": _words("年龄|客户年龄|会员年龄|岁数|age|customer age"),
        "member_level": _words(
            "会员等级|会员级别|等级|客户等级|客户级别|会员类型|会员卡类型|vip等级|用户等级|member level|"
            "membership level|tier|loyalty tier|member tier|customer level|vip level|level|membership|card type"
        ),
        "text": _words(
            "评论内容|评价内容|评论|评价|买家评价|用户评论|用户评价|评论正文|评价正文|评语|内容|初评内容|评价详情|"
            "点评内容|点评|留言|反馈内容|反馈|review|review text|review body|reviewbody|review content|comment|"
            "comments|comment text|content|text|feedback|review comment|reviews|body|review description|"
            "comment content|message|sentence"
        ),
        "rating": _words(
            "评分|星级|打分|点评分数|分数|总评分|评价星级|评价得分|得分|评级|综合评分|商品评分|总体评分|用户评分|"
            "rating|star|stars|review stars|star rating|satisfaction score|score|review score|rate|overall rating|"
            "overall|review rating|label|sentiment"
        ),
        "reviewed_at": _words(
            "评论时间|评论日期|评价时间|评价日期|点评时间|点评日期|发表时间|发布时间|购买时间|时间|日期|创建时间|"
            "review date|review time|reviewed at|comment time|comment date|created at|date|time|timestamp|"
            "review creation date|submitted at|posted at|review created|creation time|solved at"
        ),
        "reply": _words(
            "商家回复|商家回复内容|回复|回复内容|客服回复|店家回复|卖家回复|掌柜回复|seller reply|reply|response|"
            "merchant reply|company reply|owner response|reply text|reply content"
        ),
    }
)

# Stand-ins for a customer id, best first, when no column has one of its headers.
CUSTOMER_FALLBACKS: tuple[tuple[str, ...], ...] = (
    ALIASES["phone"],
    _words(
        "邮箱|电子邮箱|邮件地址|email|email address|e-mail|customer email|buyer email|mail|contact email|billing email|"
        "from email address|user email|reviewer email"
    ),
    _words(
        "昵称|用户昵称|微信昵称|旺旺|旺旺号|买家旺旺|nickname|nick name|"
        "screen name|reviewer name|author|author name|作者"
    ),
    tuple(word for word in ALIASES["customer_name"] if word not in ("surname", "lastname", "firstname")),
)

# Headers that number rows, and dates of something other than the order: never a guess for an id or the order's date.
ROW_NUMBERS = frozenset(
    _words("行id|行号|序号|编号序号|row id|row number|rownumber|row no|index|no|unnamed: 0|unnamed0|rownum|num")
)
PAID_AT = frozenset(
    _words(
        "订单付款时间|付款时间|支付时间|付款日期|支付日期|支付完成时间|买家付款时间|payment date|paid at|"
        "payment time|date paid|收款时间"
    )
)

# Words before a header's own name that say whose attribute it is: 收货人手机 is a 手机, Default Address City a city.
PEOPLE_ROLES = frozenset({"customer_name", "phone", "region", "city", "gender", "age", "member_level"})
ITEM_ROLES = frozenset({"product", "product_id", "quantity", "unit_price", "category"})
QUALIFIERS: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "people": frozenset(
            [
                "buyer",
                "customer",
                "client",
                "consumer",
                "member",
                "bill",
                "billing",
                "ship",
                "shipping",
                "to",
                "default",
                "address",
                "card",
                "recipient",
                "contact",
                "home",
                "mailing",
                "delivery",
                "geo",
                "user",
                "mp",
                "person",
            ]
        ),
        "ids": frozenset(["review", "reviewer", "consumer", "internal", "external"]),
        "items": frozenset(["lineitem", "line", "item", "order", "product", "goods", "平台", "商品", "货品"]),
    }
)
CHINESE_QUALIFIERS = re.compile(r"^(?:收货人|收件人|收货|收件|提货人|客户|买家|顾客|会员|用户|所在|常住|注册|主要)")

# Columns about somebody else than the customer, and money or counts that are no sale.
SOMEONE_ELSE = re.compile(
    r"分销|导购|收银|业务员|客服|推广|邀请|推荐|团长|达人|主播|卖家|商家|供应商|员工|经手|制单|骑手|身份证|仓库|"
    r"vendor|seller|staff|employee|cashier|agent|sender|referr|inviter|company|store"
)
NO_SALE = re.compile(
    r"邮|运费|税|佣金|服务费|积分|优惠|折扣|退|手续费|成本|红包|补贴|券|tax|fee|shipping|discount|refund|cost|tip|balance"
)
NO_COUNT = re.compile(r"退|库存|积分|stock|return|points|refund")

# Too common to say anything inside a longer header.
GENERIC = frozenset(
    _words(
        "name|location|item|title|type|label|source|level|date|time|count|value|id|rate|score|body|content|state|status|"
        "charge|sales|total|amount|price|message|label|description|card|value|overall|ts|day|状态|来源|平台|内容|流水|等级"
    )
)

CHINESE_TOPICS = re.compile(r"^(?:订单|商品|产品|货品|用户|买家|客户|会员|顾客|交易|销售|门店|店铺)")

# How a role's headers are built, for those that no list has: weaker than any alias. On normalised headers.
_MOMENT = r"(?:时间|日期)$"
_WHEN = r".*(?:date|time|at|on|datetime)$"
PATTERNS: MappingProxyType[str, re.Pattern[str]] = MappingProxyType(
    {
        role: re.compile(pattern)
        for role, pattern in {
            "customer_id": r"^(?:购买人|买家|下单人|消费者|付款人|客户|会员|顾客|购货).{0,4}"
            r"(?:id|编号|编码|账号|帐号|卡号)$|"
            r"^(?:buyer|customer|client|shopper|patron|guest|member)(?:account|user|unique|loyalty|external)?(?:id|no|number|code|username)$",
            "order_id": r"^(?:订单|单据|销售|消费|账单|小票|交易|业务)[^退物采]{0,4}(?:号|编号|id)$|"
            r"^(?:order|check|invoice|receipt|transaction|bill|sale)(?:id|number|no|num|)$",
            "ordered_at": rf"(?:下单|成交|交易|销售|消费|支付|付款|创建|结账|业务).*{_MOMENT}|"
            rf"^(?:order|purchase|sale|transaction|creat|placed|opened|submit){_WHEN}",
            "amount": r"(?:实付|实收|支付|已付|付款|成交|销售|消费|应付|应收|订单|申报).*(?:金额|额|款|总价|收入)$|"
            r"^(?:order|net|line|grand|paid|sales?|subtotal|total|sku).*(?:total|amount|value|revenue|paid|afterdiscount)$",
            "unit_price": r"(?:单价|售价|成交价)$|^(?:unit|deal|selling|sales?|sku).*(?:price|rate)$|^unitamount$",
            "quantity": r"(?:数量|件数|次数|销售数)$|^次数$",
            "refund_amount": r"(?:退款|退货|已退).{0,2}(?:金额|额)$|refund(?:ed)?(?:amount|total)?$",
            "discount": r"(?:优惠|折扣|满减|立减).*(?:金额|额|合计|)$|"
            r"^(?!.*(?:before|after)).*(?:discount|voucher)(?:amount)?$",
            "cost": r"成本(?:金额|额|价)?$|^(?!.*(?:shipping|handling|delivery)).*cost(?:amount|price)?$",
            "profit": r"(?:毛利|利润)(?:额)?$|profit$",
            "product": r"(?:商品|产品|菜品|项目|货品|课程|服务|宝贝).*(?:名称|名|标题|信息|项目)$|(?:消费|服务)项目$|"
            r"(?:product|item|service).*(?:name|title|description)$",
            "product_id": r"(?:商品|产品|货品|sku|物料|存货).*(?:编码|编号|代码|id|条码)$|"
            r"(?:product|item|inventory|sku).*(?:id|code|number|no)$|sku$",
            "category": r"(?:品类|类目|分类|类别)$",
            "channel": r"渠道$|(?:平台名称)$|(?:lead|utm|campaign|traffic|acquisition)source$",
            "store": r"(?:门店|店铺|分店|网点)(?:名称|名)?$",
            "region": r"(?:省|省份|地区)$|(?:country|province)(?:name|code)?$",
            "city": r"城市$|city(?:name)?$",
            "customer_name": r"(?:客户|会员|顾客|买家|收货人|收件人|下单人|订单人).*(?:姓名|名称)$|"
            r"^(?:buyer|customer|client|receiver|recipient|guest|shipto)(?:full)?name$",
            "phone": r"(?:手机号?码?|电话)$|phone(?:number)?$",
            "user_id": r"(?:用户|访客|设备|客户).*(?:id|标识|编号)$|(?:user|visitor|anonymous|device)id$",
            "occurred_at": rf"(?:触发|发生|访问|事件|行为|操作|上报).*{_MOMENT}|^(?:event|hit|occurred){_WHEN}",
            "session_id": r"会话|sessionid$",
            "registered_at": rf"(?:注册|入会|成为|开卡|加入|建档).*{_MOMENT}|"
            r"^(?:sign(?:ed)?up|creat|join|regist|enrol).*",
            "inviter_id": r"(?:邀请|推荐|分享)人",
            "member_level": r"(?:会员|客户|用户|卡).*(?:等级|级别)$|(?:member|vip|loyalty).*(?:level|tier)$",
            "text": r"(?:评价|评论|点评|反馈).*(?:内容|正文|详情)$|(?:review|feedback).*(?:text|body|content)$",
            "rating": r"(?:评分|星级|得分)$|^(?:star|review|product|overall).*(?:rating|score|stars)$",
            "reviewed_at": rf"(?:评价|评论|点评|发表).*{_MOMENT}|^review(?:submi|creat|post|date){_WHEN}",
            "reply": r"(?:商家|客服|店家|卖家|掌柜).*回复$|^回复内容$|(?:reply|response)(?:text|content|body)?$",
        }.items()
    }
)
